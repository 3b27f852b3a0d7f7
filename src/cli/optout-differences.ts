import { DIFFERENCE_SENTENCES, differenceOf, type ProviderOptOut } from '../compliance/provider-differences.ts';
import { readProviderOptOuts } from '../compliance/read-provider-opt-outs.ts';
import { showOptOutDifference, showProviderOptOut } from '../http/routes/opt-out-routes.ts';
import { showId } from '../platform/ids.ts';
import {
  listOptOutDifferences,
  type OptOutComparison,
  type OptOutDifferenceView,
  readOptOutComparisons,
} from '../reconciliation/list-opt-outs.ts';
import { granted, withServices } from './open-services.ts';
import type { Shell } from './shell.ts';
import { count, printable } from './words.ts';

export interface DifferencesFlags {
  readonly limit: number;
  readonly unheard?: true;
  readonly json?: true;
}

/** When the providers' books were compared; what that found; and what providers refused at once. */
export async function differencesCommand({ limit, unheard, json }: DifferencesFlags, shell: Shell): Promise<void> {
  await withServices(shell, async ({ database: { db } }) => {
    const { data: refused } = granted(await readProviderOptOuts(db, { limit, unheard }));
    const { data: found } = granted(await listOptOutDifferences(db, { limit }));
    if (json) {
      for (const one of refused) await shell.out.json(showProviderOptOut(one));
      for (const one of found) await shell.out.json(showOptOutDifference(one));
      return;
    }
    await shell.out.lines(
      ...(await readOptOutComparisons(db)).map(comparisonLine),
      ...found.flatMap(differenceLines),
      ...(refused.length === 0 ? [unheard ? NOBODY_UNHEARD : NOBODY] : refused.flatMap(refusalLines)),
    );
  });
}

const NOBODY = 'No provider has refused a text for an opt-out of its own list.';
const NOBODY_UNHEARD = 'No provider has refused a number that nothing here forbade.';

const comparisonLine = ({ accountName, last }: OptOutComparison): string =>
  last === null
    ? printable(`${accountName}: never compared with its provider's books yet`)
    : printable(
        `${accountName}: compared ${last.comparedAt.toString()}, up to ${last.until.toString()}: ${count(last.numbers, 'number')}, ${count(last.differences, 'new difference')}`,
      );

const differenceLines = ({
  phone,
  at,
  kind,
  code,
  gatewayId,
  sentence,
  eventId,
}: OptOutDifferenceView): readonly string[] => [
  printable(`${phone ?? 'erased'}  ${kind} ${at.toString()} (${code === null ? '' : `${code}, `}${gatewayId})`),
  `  ${sentence}${eventId === null ? '' : ` (${showId('event', eventId)})`}`,
];

const refusalLines = (one: ProviderOptOut): readonly string[] => [
  `${one.phone}  refused ${one.refusedAt.toString()}${one.code === null ? '' : ` (${one.code})`}`,
  `  ${DIFFERENCE_SENTENCES[differenceOf(one)]}`,
  ...(one.lastSaid === null ? [] : [`  last text: ${printable(one.lastSaid)}`]),
];
