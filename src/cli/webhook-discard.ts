import { showDiscardPreview } from '../http/routes/discard-routes.ts';
import { runTx } from '../platform/database.ts';
import { type DiscardPreview, discardEvents, previewDiscard } from '../webhooks/discard-events.ts';
import type { EventSelection } from '../webhooks/event-filter.ts';
import { actor, type CliServices, granted, withServices } from './open-services.ts';
import { type Shell, UsageError } from './shell.ts';
import type { FilterOptions } from './webhook-event-options.ts';
import { chosenEvents } from './webhook-events.ts';
import { sampleLines } from './webhook-sample.ts';
import { count } from './words.ts';

export interface DiscardOptions extends FilterOptions {
  readonly all?: true;
  readonly reason?: string;
  readonly yes?: true;
  readonly json?: true;
}

/** One event at once; those of a filter as a dry run unless `--yes` says more. */
export async function discardCommand(
  reference: string | undefined,
  options: DiscardOptions,
  shell: Shell,
): Promise<void> {
  await withServices(shell, async (services) => {
    const selection = await chosenEvents(services, reference, { options, verb: 'discard' });
    if (reference === undefined && options.yes !== true) return tellPreview(services, selection, { options, shell });
    const { reason } = options;
    if (reason === undefined)
      throw new UsageError('say why with --reason "...": it stands in the history of each event and in the audit log');
    const discarded = await discardAll(services, { selection, reason }, shell);
    if (options.json) await shell.out.json({ discarded });
    else await shell.out.lines(`${count(discarded, 'event')} discarded; "webhook replay" still brings them back`);
  });
}

interface Around {
  readonly options: DiscardOptions;
  readonly shell: Shell;
}

async function tellPreview({ database: { db } }: CliServices, selection: EventSelection, { options, shell }: Around) {
  const preview = await previewDiscard(db, selection);
  if (options.json) await shell.out.json(showDiscardPreview(preview));
  else await shell.out.lines(...previewLines(preview));
  if (preview.total > 0) shell.tell('This was a dry run: add --reason "..." and --yes to discard them');
}

const previewLines = ({ total, totalIsLeast, counts, sample }: DiscardPreview): readonly string[] => [
  `${totalIsLeast ? 'at least ' : ''}${count(total, 'event')} would be discarded`,
  ...sampleLines(counts, sample),
];

/** A part after the other, until none is left or somebody interrupts. */
async function discardAll(
  services: CliServices,
  order: { readonly selection: EventSelection; readonly reason: string },
  shell: Shell,
): Promise<number> {
  const stopping = shell.interruption();
  let total = 0;
  for (let more = true; more && !stopping.aborted; ) {
    const done = granted(
      await runTx(services.database.db, (tx) => discardEvents(tx, services, { ...order, by: actor() })),
    );
    total += done.discarded;
    more = done.more;
    if (more) shell.progress(`${count(total, 'event')} discarded`);
  }
  shell.progress('');
  return total;
}
