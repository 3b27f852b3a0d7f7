import { describe, expect, it } from 'vitest';
import { CONFIG_OPTIONS, parseConfig } from './config.ts';

describe('parseConfig', () => {
  it('needs nothing', () => {
    expect(parseConfig({}, '/home/dana')).toEqual({
      dataDir: '/home/dana/data',
      databaseUrl: undefined,
      host: '127.0.0.1',
      port: 7080,
      publicUrl: undefined,
      logLevel: 'info',
      secretKey: undefined,
      databaseConnections: 20,
      smtpUrl: undefined,
      webhooksPerSecond: 10_000,
      trustedProxies: [],
      mailFrom: undefined,
      pagerDutyUrl: 'https://events.pagerduty.com',
      blacklistAllianceUrl: 'https://api.blacklistalliance.net',
      dncScrubUrl: 'https://www.dncscrub.com',
      scrubNetworks: [],
      numverifyUrl: 'https://api.apilayer.net/numverify',
      twilioLookupUrl: 'https://lookups.twilio.com',
    });
  });

  it('takes empty values as absent and relative folders from the working directory', () => {
    const config = parseConfig(
      { DATABASE_URL: ' ', TEXTWRIGHT_DATA_DIR: 'elsewhere', TEXTWRIGHT_PUBLIC_URL: 'https://texts.example.com/' },
      '/srv',
    );
    expect(config).toMatchObject({
      databaseUrl: undefined,
      dataDir: '/srv/elsewhere',
      publicUrl: 'https://texts.example.com',
    });
  });

  it('names every wrong value at once, but never a secret', () => {
    const wrong = {
      PORT: '70800',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x',
      TEXTWRIGHT_SECRET_KEY: 'hunter2',
      DATABASE_CONNECTIONS: '2.5',
      SMTP_URL: 'https://me:hunter2@mail.example.com',
      MAIL_FROM: 'nobody',
      PAGERDUTY_URL: 'events',
      TRUSTED_PROXIES: '10.0.0.0/8, proxy.example.com',
    };
    let message = '';
    try {
      parseConfig(wrong, '/srv');
    } catch (error) {
      message = error instanceof Error ? error.message : '';
    }
    for (const name of Object.keys(wrong)) expect(message).toContain(name);
    expect(message).toContain('got "70800"');
    expect(message).not.toContain('hunter2');
  });

  it('takes proxies as addresses and networks, and refuses the whole internet', () => {
    const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8 ,fd00::/16,' }, '/srv');
    expect(trustedProxies.map(({ text }) => text)).toEqual(['127.0.0.1/32', '10.0.0.0/8', 'fd00::/16']);
    expect(() => parseConfig({ TRUSTED_PROXIES: '0.0.0.0/0' }, '/srv')).toThrow(
      'TRUSTED_PROXIES: expected a network of /8 to /32, got "0.0.0.0/0"',
    );
    const many = Array.from({ length: 101 }, (_, index) => `10.0.0.${index}`).join();
    expect(() => parseConfig({ TRUSTED_PROXIES: many }, '/srv')).toThrow('at most 100 networks');
  });

  it('is frozen', () => {
    expect(Object.isFrozen(parseConfig({}, '/srv'))).toBe(true);
  });

  it('documents each option once', () => {
    const names = Object.values(CONFIG_OPTIONS).map((option) => option.env);
    expect(new Set(names).size).toBe(names.length);
  });
});
