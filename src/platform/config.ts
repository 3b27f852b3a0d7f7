import { isAbsolute, join, resolve } from 'node:path';
import { type Network, parseNetwork } from './network-address.ts';

/** Every option of the program, declared once. Environment names, `--help` of `serve` and the README table follow from it. */
export interface Config {
  /** Folder of the embedded database, uploads, keys. */
  readonly dataDir: string;
  /** A PostgreSQL of your own; unset: the embedded one in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The address under which people and gateways reach this server, without a slash at the end; unset: http://host:port. */
  readonly publicUrl: string | undefined;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** 32 bytes, base64: seals stored API keys and webhook secrets. Unset: made once and kept in `dataDir`. */
  readonly secretKey: string | undefined;
  readonly databaseConnections: number;
  /** Of one address for one account; ten times as many may come at once. */
  readonly webhooksPerSecond: number;
  /** Whose word about the address of a client is taken. None at first: anybody can write the headers that say it. */
  readonly trustedProxies: readonly Network[];
  /** The server that mail goes out through, with its user and password; unset: no mail. */
  readonly smtpUrl: string | undefined;
  /** The sender of mail; there whenever `smtpUrl` is. */
  readonly mailFrom: string | undefined;
  /** Where PagerDuty takes events, without a slash at the end. */
  readonly pagerDutyUrl: string;
  /** Where numbers are looked up, without a slash at the end. */
  readonly blacklistAllianceUrl: string;
  readonly dncScrubUrl: string;
  readonly scrubNetworks: readonly Network[];
  readonly numverifyUrl: string;
  readonly twilioLookupUrl: string;
}

interface Option {
  readonly env: string;
  readonly text: string;
  readonly defaultText: string;
}

export const CONFIG_OPTIONS: Readonly<Record<keyof Config, Option>> = {
  dataDir: {
    env: 'TEXTWRIGHT_DATA_DIR',
    text: 'Folder of the embedded database, uploads and keys',
    defaultText: './data',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    text: 'A PostgreSQL (15 or newer) of your own',
    defaultText: 'embedded PostgreSQL',
  },
  host: { env: 'HOST', text: 'Address to listen on', defaultText: '127.0.0.1' },
  port: { env: 'PORT', text: 'Port to listen on; 0 takes any free one', defaultText: '7080, or the next free one' },
  publicUrl: {
    env: 'TEXTWRIGHT_PUBLIC_URL',
    text: 'Address under which people and gateways reach this server',
    defaultText: 'http://HOST:PORT',
  },
  logLevel: { env: 'LOG_LEVEL', text: 'silent, error, warn, info or debug', defaultText: 'info' },
  secretKey: {
    env: 'TEXTWRIGHT_SECRET_KEY',
    text: '32 bytes in base64 that seal stored credentials',
    defaultText: 'made once, kept in the data folder',
  },
  databaseConnections: { env: 'DATABASE_CONNECTIONS', text: 'Connections of this process', defaultText: '20' },
  webhooksPerSecond: {
    env: 'WEBHOOKS_PER_SECOND',
    text: 'Webhooks that one address may send for one account; ten times as many at once',
    defaultText: '10000',
  },
  trustedProxies: {
    env: 'TRUSTED_PROXIES',
    text: 'Proxies in front of this server that say the address of a client, like 127.0.0.1, 10.0.0.0/8',
    defaultText: 'none: the address is that of the connection',
  },
  smtpUrl: {
    env: 'SMTP_URL',
    text: 'Mail server for alerts, like smtp://user:password@mail.example.com:587',
    defaultText: 'no mail',
  },
  mailFrom: {
    env: 'MAIL_FROM',
    text: 'Sender of that mail, like "Textwright <texts@example.com>"',
    defaultText: 'needed with SMTP_URL',
  },
  pagerDutyUrl: {
    env: 'PAGERDUTY_URL',
    text: 'Where PagerDuty takes events (the EU has another address)',
    defaultText: 'https://events.pagerduty.com',
  },
  blacklistAllianceUrl: {
    env: 'BLACKLIST_ALLIANCE_URL',
    text: 'Where Blacklist Alliance answers',
    defaultText: 'https://api.blacklistalliance.net',
  },
  dncScrubUrl: { env: 'DNCSCRUB_URL', text: 'Where DNCScrub answers', defaultText: 'https://www.dncscrub.com' },
  scrubNetworks: {
    env: 'SCRUB_NETWORKS',
    text: 'Networks in which these two may be although they are no public ones, like 10.0.0.5',
    defaultText: 'none',
  },
  numverifyUrl: {
    env: 'NUMVERIFY_URL',
    text: 'Where NumVerify answers; its free plan does so at http://apilayer.net/api only, unencrypted',
    defaultText: 'https://api.apilayer.net/numverify',
  },
  twilioLookupUrl: {
    env: 'TWILIO_LOOKUP_URL',
    text: 'Where Twilio Lookup answers',
    defaultText: 'https://lookups.twilio.com',
  },
};

export const DEFAULT_PORT = 7080;
const DEFAULT_PAGERDUTY_URL = 'https://events.pagerduty.com';
const DEFAULT_BLACKLIST_ALLIANCE_URL = 'https://api.blacklistalliance.net';
const DEFAULT_DNCSCRUB_URL = 'https://www.dncscrub.com';
const DEFAULT_NUMVERIFY_URL = 'https://api.apilayer.net/numverify';
const DEFAULT_TWILIO_LOOKUP_URL = 'https://lookups.twilio.com';
/** Their values are in no message: an address of a mail server carries its password. */
const SECRET_OPTIONS: ReadonlySet<keyof Config> = new Set(['secretKey', 'smtpUrl']);
/** `name@example.com` or `Name <name@example.com>`, on one line. */
const SENDER = /^(?:[^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/;
/** The largest providers of such proxies publish some twenty networks. */
const TRUSTED_PROXIES_MAX = 100;
const SCRUB_NETWORKS_MAX = 10;
const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;

/** Parses the environment; throws one error that lists every wrong value with its remedy. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>, workingDir: string): Config {
  const problems: string[] = [];
  const read = (key: keyof Config): string | undefined => {
    const value = env[CONFIG_OPTIONS[key].env]?.trim();
    return value === undefined || value === '' ? undefined : value;
  };
  const wrong = (key: keyof Config, expected: string): undefined => {
    const value = read(key);
    const got = value === undefined ? 'nothing' : `"${SECRET_OPTIONS.has(key) ? '(hidden)' : value}"`;
    problems.push(`${CONFIG_OPTIONS[key].env}: expected ${expected}, got ${got}`);
    return undefined;
  };
  const whole = (key: keyof Config, fallback: number, range: { min: number; max: number }): number => {
    const text = read(key);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= range.min && value <= range.max) return value;
    wrong(key, `a whole number from ${range.min} to ${range.max}`);
    return fallback;
  };
  const url = (key: keyof Config, protocols: readonly string[]): string | undefined => {
    const text = read(key);
    if (text === undefined) return undefined;
    if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text.replace(/\/+$/, '');
    return wrong(key, `an address starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
  };
  const networks = (key: keyof Config, countMax: number): readonly Network[] => {
    const texts = (read(key) ?? '').split(',').filter((text) => text.trim() !== '');
    if (texts.length > countMax) wrong(key, `at most ${countMax} networks`);
    return texts.flatMap((text) => {
      const network = parseNetwork(text);
      if (!network.ok) problems.push(`${CONFIG_OPTIONS[key].env}: ${network.error}`);
      return network.ok ? [network.value] : [];
    });
  };
  const dataDir = read('dataDir') ?? join(workingDir, 'data');
  const logLevel = LOG_LEVELS.find((level) => level === (read('logLevel') ?? 'info'));
  if (logLevel === undefined) wrong('logLevel', `one of ${LOG_LEVELS.join(', ')}`);
  const secretKey = read('secretKey');
  if (secretKey !== undefined && Buffer.from(secretKey, 'base64').length !== 32)
    wrong('secretKey', '32 bytes in base64 (try `openssl rand -base64 32`)');
  const smtpUrl = url('smtpUrl', ['smtp:', 'smtps:']);
  const mailFrom = read('mailFrom');
  if (mailFrom === undefined ? smtpUrl !== undefined : !SENDER.test(mailFrom))
    wrong('mailFrom', 'a sender like texts@example.com, or Textwright <texts@example.com>');
  const config: Config = {
    dataDir: isAbsolute(dataDir) ? dataDir : resolve(workingDir, dataDir),
    databaseUrl: url('databaseUrl', ['postgres:', 'postgresql:']),
    host: read('host') ?? '127.0.0.1',
    port: whole('port', DEFAULT_PORT, { min: 0, max: 65_535 }),
    publicUrl: url('publicUrl', ['http:', 'https:']),
    logLevel: logLevel ?? 'info',
    secretKey,
    databaseConnections: whole('databaseConnections', 20, { min: 4, max: 500 }),
    webhooksPerSecond: whole('webhooksPerSecond', 10_000, { min: 1, max: 1_000_000 }),
    trustedProxies: networks('trustedProxies', TRUSTED_PROXIES_MAX),
    smtpUrl,
    mailFrom,
    pagerDutyUrl: url('pagerDutyUrl', ['https:', 'http:']) ?? DEFAULT_PAGERDUTY_URL,
    blacklistAllianceUrl: url('blacklistAllianceUrl', ['https:', 'http:']) ?? DEFAULT_BLACKLIST_ALLIANCE_URL,
    dncScrubUrl: url('dncScrubUrl', ['https:', 'http:']) ?? DEFAULT_DNCSCRUB_URL,
    scrubNetworks: networks('scrubNetworks', SCRUB_NETWORKS_MAX),
    numverifyUrl: url('numverifyUrl', ['https:', 'http:']) ?? DEFAULT_NUMVERIFY_URL,
    twilioLookupUrl: url('twilioLookupUrl', ['https:', 'http:']) ?? DEFAULT_TWILIO_LOOKUP_URL,
  };
  if (problems.length > 0) throw new Error(`configuration refused:\n  ${problems.join('\n  ')}`);
  return Object.freeze(config);
}
