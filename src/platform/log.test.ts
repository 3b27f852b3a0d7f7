import { describe, expect, it } from 'vitest';
import { createLog, withCorrelation } from './log.ts';

function captured(): {
  readonly log: ReturnType<typeof createLog>;
  readonly lines: () => readonly Record<string, unknown>[];
} {
  const written: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line: string) => void written.push(line) } });
  return { log, lines: () => written.map((line) => JSON.parse(line)) };
}

describe('log', () => {
  it('never shows a whole number, in fields, messages or errors', () => {
    const { log, lines } = captured();
    log.info({ phone: '+16175550123', detail: 'to (617) 555-0123' }, 'texting +16175550123');
    log.error({ error: new Error('no route to 617-555-0123') }, 'failed');
    const text = JSON.stringify(lines());
    expect(text).not.toMatch(/5550123|555-0123/);
    expect(lines()[0]?.['phone']).toBe('+1617•••0123');
  });

  it('hides what is secret whatever it holds', () => {
    const { log, lines } = captured();
    log.warn(
      { apiKey: 'k-1', request: { authorization: 'Bearer tw_1', cookie: 'session=1' }, password: 'p' },
      'request',
    );
    const text = JSON.stringify(lines());
    for (const secret of ['k-1', 'tw_1', 'session=1', '"p"']) expect(text).not.toContain(secret);
  });

  it('carries the correlation id through everything that is awaited inside', async () => {
    const { log, lines } = captured();
    await withCorrelation('req-1', async () => {
      await Promise.resolve();
      log.info('inside');
    });
    log.info('outside');
    expect(lines().map((line) => line['correlationId'])).toEqual(['req-1', undefined]);
  });

  it('leaves ids and ordinary figures alone', () => {
    const { log, lines } = captured();
    log.info({ id: 'msg_0193f6c2a1b47c3d8e5f60718293a4b5', count: 6175550123 }, 'took 1204 ms for 20000 rows');
    expect(lines()[0]).toMatchObject({
      id: 'msg_0193f6c2a1b47c3d8e5f60718293a4b5',
      count: 6175550123,
      msg: 'took 1204 ms for 20000 rows',
    });
  });
});
