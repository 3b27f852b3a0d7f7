import { sql } from 'kysely';
import { sealWaiting } from '../src/compliance/seal-audit.ts';
import { verifyAudit } from '../src/compliance/verify-audit.ts';
import { countOption, report, shown } from './support/measure.ts';
import { openBenchWorld, tidy } from './support/world.ts';

/** `node bench/audit.ts [--entries=N] [--json]`: sealing a log of so many entries, and recomputing every seal of it. */
const ENTRIES = countOption('entries', 1_000_000);
const INSERTED_AT_ONCE = 50_000;
const VERIFIED_PER_SECOND_MIN = 5_000;
const MEMORY_MB_MAX = 400;

const world = await openBenchWorld({ name: 'audit', startsAt: '2026-11-17T15:00:00Z' });
try {
  // No statement takes longer than the database allows one.
  for (let from = 1; from <= ENTRIES; from += INSERTED_AT_ONCE)
    await sql`
    insert into audit_entry (id, at, actor, action, subject, phone, detail)
    select (lpad(to_hex(1763391600000 + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
      ${world.clock.now()}::timestamptz + n * interval '1 millisecond', 'contact', 'number.suppressed', '+16175550123', '+16175550123',
      jsonb_build_object('reason', 'opt_out', 'channel', 'sms', 'latencyMs', n % 90, 'evidence', jsonb_build_object('text', 'Stop ' || n))
    from generate_series(${from}::int, ${Math.min(ENTRIES, from + INSERTED_AT_ONCE - 1)}::int) n`.execute(world.db);
  await tidy(world, ['audit_entry', 'audit_unsealed']);
  const sealingAt = performance.now();
  await sealWaiting(world);
  const sealSeconds = (performance.now() - sealingAt) / 1_000;
  await tidy(world, ['audit_seal']);
  let memoryMegabytes = 0;
  const verifyingAt = performance.now();
  const verdict = await verifyAudit(world, {
    progress: () => {
      memoryMegabytes = Math.max(memoryMegabytes, process.memoryUsage().rss / 1024 ** 2);
    },
  });
  const verifySeconds = (performance.now() - verifyingAt) / 1_000;
  if (verdict.state !== 'whole' || verdict.checked !== ENTRIES)
    throw new Error(`${verdict.checked} of ${ENTRIES} entries fit, the log is ${verdict.state}`);
  const verifiedPerSecond = Math.round(ENTRIES / verifySeconds);
  report({
    bench: 'audit',
    figures: { sealSeconds, verifySeconds, verifiedPerSecond, memoryMegabytes },
    requirements: [
      { figure: 'verifiedPerSecond', atLeast: VERIFIED_PER_SECOND_MIN },
      { figure: 'memoryMegabytes', atMost: MEMORY_MB_MAX },
    ],
    lines: [
      `${shown(ENTRIES)} entries sealed in ${shown(sealSeconds)} s, verified in ${shown(verifySeconds)} s (${shown(verifiedPerSecond)} a second), this process ${shown(memoryMegabytes)} MB`,
    ],
  });
} finally {
  await world.close();
}
