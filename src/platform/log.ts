import { AsyncLocalStorage } from 'node:async_hooks';
import { type DestinationStream, type Logger, pino } from 'pino';
import { maskPhone, maskPhonesIn } from './phone-mask.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'child'>;

const correlation = new AsyncLocalStorage<string>();

/** Everything logged inside of `work`, however deep, carries this id: one HTTP request, one job, one turn of the engine. */
export const withCorrelation = <T>(id: string, work: () => T): T => correlation.run(id, work);
export const correlationId = (): string | undefined => correlation.getStore();

/** Fields that hold a number are masked by name, numbers inside messages by shape; secrets are cut whatever they hold. */
export function createLog(options: { readonly level: string; readonly destination?: DestinationStream }): Logger {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => (correlation.getStore() === undefined ? {} : { correlationId: correlation.getStore() }),
      redact: {
        paths: [
          'password',
          'apiKey',
          'secret',
          'authorization',
          'cookie',
          '*.password',
          '*.apiKey',
          '*.secret',
          '*.authorization',
          '*.cookie',
        ],
        censor: '[hidden]',
      },
      formatters: { log: maskFields, level: (label) => ({ level: label }) },
      hooks: {
        logMethod(args, method) {
          method.apply(this, args.map((arg) => (typeof arg === 'string' ? maskPhonesIn(arg) : arg)) as typeof args);
        },
      },
    },
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

const PHONE_FIELDS: ReadonlySet<string> = new Set(['phone', 'from', 'to', 'number']);

function maskFields(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => {
      if (value instanceof Error)
        return [
          key,
          { type: value.name, message: maskPhonesIn(value.message), stack: maskPhonesIn(value.stack ?? '') },
        ];
      if (typeof value !== 'string') return [key, value];
      return [key, PHONE_FIELDS.has(key) ? maskPhone(value) : maskPhonesIn(value)];
    }),
  );
}
