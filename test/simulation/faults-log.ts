import { createLog, type Log } from '../../src/platform/log.ts';

/** What the faults of the simulation make fail; anything else that is thrown is a mistake of the product. */
const EXPECTED_CODES: ReadonlySet<unknown> = new Set(['ECONNRESET', '40001', '40P01', '55P03', 'P0001']);

const EXPECTED_NAMES: ReadonlySet<string> = new Set(['SimulatedCrash', 'Refused', 'TooSlow']);

export function isExpected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && EXPECTED_CODES.has(error.code)) return true;
  return EXPECTED_NAMES.has(error.name) || isExpected(error.cause);
}

/** A log that keeps nothing but errors that no fault explains. */
export function logOfMistakes(found: (sentence: string) => void): Log {
  const silent = createLog({ level: 'silent' });
  const look = (fields: unknown): void => {
    const error = typeof fields === 'object' && fields !== null && 'error' in fields ? fields.error : undefined;
    if (error !== undefined && !isExpected(error)) found(`mistake: the engine threw ${String(error)}`);
  };
  return Object.assign(Object.create(silent), { warn: look, error: look });
}
