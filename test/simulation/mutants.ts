import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Broken engines on purpose: each is one edit of the source, and the simulation must find it. What survives shows a promise that
 * no checker looks after.
 */
interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const MUTANTS: readonly Mutant[] = [
  {
    name: 'claims without asking for suppressions',
    file: 'src/sending/decide-intents.ts',
    find: 'const skip = recipient.forbidden ?? recentlyTexted(recipient, circumstances);',
    replace: 'const skip = recentlyTexted(recipient, circumstances);',
  },
  {
    name: 'knows no fence',
    file: 'src/sending/lease-store.ts',
    find: 'if (rows.length === 0) throw new LeaseLost(lease);',
    replace: 'void rows;',
  },
  {
    name: 'sends an unknown text again',
    file: 'src/sending/decide-outcome.ts',
    find: "return { to: 'unknown', detail: outcome.detail };",
    replace: "return { to: 'pending', notBefore: now, detail: outcome.detail };",
  },
  {
    name: 'takes a lost answer for a failure',
    file: 'src/sending/decide-outcome.ts',
    find: "return { to: 'unknown', detail: outcome.detail };",
    replace: "return { to: 'failed', code: 'lost', message: outcome.detail };",
  },
  {
    name: 'does not reserve the daily cap',
    file: 'src/sending/claim-store.ts',
    find: 'update lane_usage set reserved = reserved +',
    replace: 'update lane_usage set reserved = reserved + 0 *',
  },
  {
    name: 'counts the days of the cap in UTC',
    file: 'src/sending/serve-campaigns.ts',
    find: 'day: dayIn(lane.zone, now),',
    replace: "day: dayIn('UTC', now),",
  },
  {
    name: 'reads the clock of the hours in UTC',
    file: 'src/compliance/quiet-hours.ts',
    find: 'const local = at.toZonedDateTimeISO(zone);\n    const minute',
    replace: "const local = at.toZonedDateTimeISO('UTC');\n    const minute",
  },
  {
    name: 'forgets the Sundays of Alabama',
    file: 'src/compliance/quiet-hours.ts',
    find: "if (date.dayOfWeek === 7) return 'sunday';",
    replace: '',
  },
  {
    name: 'takes absence for proof at once',
    file: 'src/sending/settle.ts',
    find: 'msBetween(message.attemptedAt, askedAt) < graceMs,',
    replace: 'msBetween(message.attemptedAt, askedAt) < 0 * graceMs,',
  },
  {
    name: 'leaves what a dead worker had begun',
    file: 'src/sending/record-store.ts',
    find: "and state = 'handing_over' and lease_epoch <",
    replace: "and state = 'handing_over' and lease_epoch < 0 *",
  },
  {
    name: 'puts back what a dead worker had begun',
    file: 'src/sending/record-store.ts',
    find: "update enrollment e set state = 'unknown' from orphan o where e.id = o.enrollment_id and e.state = 'handing_over'",
    replace:
      "update enrollment e set state = 'pending', parts = null from orphan o where e.id = o.enrollment_id and e.state = 'handing_over' and o.id in (select id from orphan)",
  },
  {
    name: 'goes on while its campaign is paused',
    file: 'src/sending/claim-store.ts',
    find: "and state = 'running' for share skip locked",
    replace: 'for share skip locked',
  },
  {
    name: 'has no rate',
    file: 'src/sending/token-bucket.ts',
    find: 'tokens -= count;',
    replace: 'tokens -= count / 4;',
  },
  {
    name: 'ignores the frequency cap',
    file: 'src/sending/decide-intents.ts',
    find: 'const notBefore = tooOften(recipient, group, circumstances.now);',
    replace: 'const notBefore = tooOften(recipient, { ...group, messagesPerDay: 99 }, circumstances.now);',
  },
  {
    name: 'keeps the cap of what was not sent',
    file: 'src/sending/record-store.ts',
    find: "where state in ('pending', 'failed', 'cancelled') and cap_day is not null",
    replace: "where state in ('failed', 'cancelled') and cap_day is not null",
  },
  {
    name: 'hands over however late it is',
    file: 'src/sending/hand-over.ts',
    find: 'if (isBefore(addMs(text.attemptedAt, patience(deps.clock, HAND_OVER_BEGINS_WITHIN_MS)), now))',
    replace: 'if (isBefore(addMs(text.attemptedAt, patience(deps.clock, 1e9)), now))',
  },
  {
    name: 'takes over a lease without a new epoch',
    file: 'src/sending/lease-store.ts',
    find: 'epoch = l.epoch + 1',
    replace: 'epoch = l.epoch',
  },
  {
    name: 'confirms every STOP',
    file: 'src/conversations/record-inbound.ts',
    find: "if (created && !providerConfirms(account, text.text)) await answer(tx, deps, understood, 'opt_out_confirmation');",
    replace:
      "void created; if (!providerConfirms(account, text.text)) await answer(tx, deps, understood, 'opt_out_confirmation');",
  },
  {
    name: 'closes a campaign that still asks',
    file: 'src/campaigns/campaign-store.ts',
    find: 'having sum(t.pending + t.handing_over + t.unknown) = 0',
    replace: 'having sum(t.pending + t.handing_over) = 0',
  },
];

const SEEDS = Number(process.env['MUTANT_SEEDS'] ?? 40);
const root = join(import.meta.dirname, '../..');
const folder = join(root, '.simulation');

/** The first violation that the simulation finds in this engine; `undefined` when it finds none. */
async function hunt(mutant: Mutant, index: number): Promise<string | undefined> {
  const place = join(folder, String(index));
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  for (const part of ['src', 'test', 'migrations', 'package.json'])
    cpSync(join(root, part), join(place, part), { recursive: true });
  const path = join(place, mutant.file);
  const source = readFileSync(path, 'utf8');
  if (source.split(mutant.find).length !== 2)
    throw new Error(`mutant "${mutant.name}": ${mutant.file} must contain its text exactly once: ${mutant.find}`);
  writeFileSync(
    path,
    source.replace(mutant.find, () => mutant.replace),
  );
  const output = await run(place);
  rmSync(place, { recursive: true, force: true });
  const violation = /VIOLATION (.*)/.exec(output)?.[1];
  if (violation === undefined && !/seeds held/.test(output))
    throw new Error(`mutant "${mutant.name}" does not run, which shows nothing: ${output.slice(-500)}`);
  return violation;
}

function run(place: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['test/simulation/simulate.ts', '--seeds', String(SEEDS), '--stop'], {
      cwd: place,
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      output += String(chunk);
    });
    child.on('close', () => resolve(output));
  });
}

const wanted = process.argv.slice(2);
const chosen = MUTANTS.map((mutant, index) => ({ mutant, index })).filter(
  ({ mutant }) => wanted.length === 0 || wanted.some((word) => mutant.name.includes(word)),
);
let survivors = 0;
const queue = [...chosen];
await Promise.all(
  [1, 2].map(async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const found = await hunt(next.mutant, next.index);
      if (found === undefined) survivors += 1;
      process.stdout.write(
        `${found === undefined ? 'SURVIVES' : 'found   '} ${next.mutant.name}${found === undefined ? '' : `\n         ${found}`}\n`,
      );
    }
  }),
);
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${chosen.length - survivors} of ${chosen.length} broken engines found within ${SEEDS} seeds\n`);
process.exitCode = survivors === 0 ? 0 : 1;
