import { type Command, Option } from 'commander';
import type { HoursAt } from '../business/explain-hours.ts';
import type { SendingPolicy } from '../business/sending-policy.ts';
import { answerLines } from './answer-lines.ts';
import { withExamples } from './options.ts';
import { type Shell, UsageError } from './shell.ts';

interface QuietHoursOptions {
  readonly state?: string;
  readonly at?: string;
  readonly preset?: SendingPolicy['preset'];
  readonly zone?: string;
  readonly settings?: true;
  readonly stdin?: true;
  readonly json?: true;
}

export function defineQuietHours(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright explain quiet-hours "+1 850 555 0123" --at 2026-11-18T01:30:00Z', 'a number at an instant'],
    ['textwright explain quiet-hours --state KY', 'a state now'],
    ['textwright explain quiet-hours --state KY --settings', 'with the policy of this installation'],
    [
      'textwright explain quiet-hours --stdin < people.jsonl',
      'many: {"phone", "state"?, "zone"?, "at", "preset"?} on each line, {"allowed","zones","states","rule","nextAllowedAt"} for each',
    ],
  ])
    .description('May a campaign text this number or this state, until or from when, and which rule says so')
    .argument('[phone]', 'the number; its area code tells where the person may be')
    .option('--state <state>', 'code or name of the state of the address')
    .option('--zone <zone>', 'IANA name of a time zone in which the person may be as well')
    .option('--at <instant>', 'ISO 8601 with Z or an offset; now when absent')
    .addOption(
      new Option('--preset <preset>', 'the hours that are narrowed by the state; standard when absent').choices([
        'standard',
        'strict',
        'federal_state',
      ]),
    )
    .option('--settings', "this installation's policy instead of a preset; needs its database")
    .option('--stdin', 'read JSON lines from standard input, write one JSON line for each')
    .option('--json', 'print {"open","closesAt","opensAt","rule","tableVersion", ...}')
    .action((phone: string | undefined, options: QuietHoursOptions) => explain(phone, options, shell));
}

async function explain(phone: string | undefined, options: QuietHoursOptions, shell: Shell): Promise<void> {
  if (options.stdin) return answerMany(phone, options, shell);
  if (options.settings && options.preset !== undefined)
    throw new UsageError('--preset: with --settings, the policy of this installation says which');
  const { explainHours } = await import('../business/explain-hours.ts');
  const { hoursOfAll } = await import('../business/sending-policy.ts');
  const at = await instantOf(options.at);
  const policy = await policyOf(options, shell);
  const question = { policy: hoursOfAll(policy), allowed: policy.messagesPerDay, at };
  const hours = explainHours({ phone, state: options.state, zone: options.zone }, question);
  if (!hours.ok) throw new UsageError(hours.error.message);
  if (options.json) await shell.out.json(await shown(hours.value));
  else await shell.out.lines(...(await words(hours.value)));
}

async function answerMany(
  phone: string | undefined,
  { stdin: _, json: __, ...asked }: QuietHoursOptions,
  shell: Shell,
) {
  if (phone !== undefined || Object.keys(asked).length > 0)
    throw new UsageError('--stdin: the input comes from standard input, leave the rest out');
  const { askQuietHours } = await import('./ask-quiet-hours.ts');
  await answerLines(shell, (inputs) => inputs.map(askQuietHours));
}

async function instantOf(text: string | undefined) {
  const { instant } = await import('../platform/time.ts');
  const { systemClock } = await import('../platform/clock.ts');
  if (text === undefined) return systemClock.now();
  try {
    return instant(text);
  } catch {
    throw new UsageError(`--at: expected an instant like 2026-11-17T15:00:00Z, got "${text}"`);
  }
}

async function policyOf({ settings, preset }: QuietHoursOptions, shell: Shell): Promise<SendingPolicy> {
  const { DEFAULT_SENDING_POLICY } = await import('../business/sending-policy.ts');
  if (!settings) return { ...DEFAULT_SENDING_POLICY, preset: preset ?? DEFAULT_SENDING_POLICY.preset };
  const { withServices } = await import('./open-services.ts');
  const { getSendingPolicy } = await import('../business/business-store.ts');
  return withServices(shell, ({ database }) => getSendingPolicy(database.db));
}

async function shown({ places, at, closesAt, opensAt, rule, rulesBeginOn, ...hours }: HoursAt) {
  const { showRule } = await import('../compliance/quiet-hours.ts');
  return {
    ...hours,
    ...places,
    at: at.toString(),
    closesAt: closesAt?.toString() ?? null,
    opensAt: opensAt?.toString() ?? null,
    rule: { code: rule.code, text: showRule(rule), because: rule.because ?? null },
    rulesBeginOn: rulesBeginOn ?? null,
  };
}

async function words(hours: HoursAt) {
  const { places, zone, closesAt, opensAt, rule, tableVersion, messagesPerDay } = hours;
  const { guessWords } = await import('../business/explain-hours.ts');
  const { showRule } = await import('../compliance/quiet-hours.ts');
  const { localTime } = await import('../platform/calendar.ts');
  const when = closesAt === undefined ? closedWords() : `open until ${localTime(closesAt, zone)}`;
  return [
    when,
    `decided by ${showRule(rule)}`,
    `${places.states.join(', ') || 'state not known'} in ${places.zones.join(', ')}`,
    `at most ${messagesPerDay} campaign texts to one person in any 24 hours`,
    `state rules of version ${tableVersion}${guessWords(hours)}`,
  ];

  function closedWords(): string {
    if (opensAt === undefined) return 'closed, and never opens: these hours do not overlap';
    return `closed until ${localTime(opensAt, zone)}`;
  }
}
