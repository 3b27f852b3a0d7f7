import type { Command } from 'commander';
import { countOption, withExamples } from './options.ts';
import { withSettleFlags } from './settle-flags.ts';
import type { SettleOptions } from './settle-text.ts';
import type { Shell } from './shell.ts';

interface UnknownOptions {
  readonly limit: number;
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright message unknown', 'texts whose answer was lost'],
    [
      'textwright message settle msg_0193f6c2a1b47c3d8e5f60718293a4b5 --outcome sent --reason "seen on the phone"',
      'you know more than the gateway says',
    ],
  ]).description('Texts whose answer was lost: list them, say what became of one');

  withExamples(command.command('unknown'), [['textwright message unknown --json', 'one JSON object per line']])
    .description('Texts of all kinds that are being asked for at their gateway, the oldest first')
    .option('--limit <n>', 'at most this many', countOption, 100)
    .option('--json', 'one JSON object per line')
    .action((options: UnknownOptions) => listUnknown(options, shell));

  const settle = withExamples(command.command('settle'), [
    [
      'textwright message settle msg_0193f6c2a1b47c3d8e5f60718293a4b5 --outcome drop --reason "not in the portal"',
      'it was not sent, and is not sent any more',
    ],
  ])
    .description('Say what became of a text whose answer was lost, when you know and the gateway does not answer')
    .argument('<message>', 'id, as "message unknown" prints it');
  withSettleFlags(settle, '{"messageId","state"}').action(async (reference: string, options: SettleOptions) =>
    (await import('./settle-text.ts')).settleMessage(reference, options, shell),
  );
}

async function listUnknown({ limit, json }: UnknownOptions, shell: Shell): Promise<void> {
  const { withServices } = await import('./open-services.ts');
  const { listUnknown } = await import('../sending/settle-store.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { localTime } = await import('../platform/calendar.ts');
  const { showId } = await import('../platform/ids.ts');
  const { printable } = await import('./words.ts');
  await withServices(shell, async ({ database: { db } }) => {
    const texts = await listUnknown(db, limit);
    if (json)
      return shell.out.json(
        ...texts.map(({ id, campaignId, attemptedAt, againAt, ...text }) => ({
          messageId: showId('message', id),
          ...text,
          campaignId: campaignId === null ? null : showId('campaign', campaignId),
          attemptedAt: attemptedAt.toString(),
          againAt: againAt.toString(),
        })),
      );
    if (texts.length === 0) return shell.out.lines('No text is without an answer');
    const { zone } = await getBusiness(db);
    return shell.out.lines(
      ...texts.map(({ id, phone, purpose, attemptedAt }) =>
        printable(
          [
            showId('message', id),
            localTime(attemptedAt, zone).padEnd(24),
            purpose.replaceAll('_', ' ').padEnd(20),
            phone,
          ].join('  '),
        ),
      ),
    );
  });
}
