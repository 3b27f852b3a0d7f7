import { DIFFERENCE_SENTENCES, differenceOf } from '../compliance/provider-differences.ts';
import { readProviderOptOuts } from '../compliance/read-provider-opt-outs.ts';
import { showProviderOptOut } from '../http/routes/opt-out-routes.ts';
import { granted, withServices } from './open-services.ts';
import type { Shell } from './shell.ts';
import { printable } from './words.ts';

export interface DifferencesFlags {
  readonly limit: number;
  readonly json?: true;
}

export async function differencesCommand({ limit, json }: DifferencesFlags, shell: Shell): Promise<void> {
  await withServices(shell, async ({ database }) => {
    const { data } = granted(await readProviderOptOuts(database.db, { limit }));
    if (json) for (const one of data) await shell.out.json(showProviderOptOut(one));
    else if (data.length === 0) await shell.out.lines('No provider has refused a text for an opt-out of its own list.');
    else
      await shell.out.lines(
        ...data.flatMap((one) => [
          `${one.phone}  refused ${one.refusedAt.toString()}${one.code === null ? '' : ` (${one.code})`}`,
          `  ${DIFFERENCE_SENTENCES[differenceOf(one)]}`,
          ...(one.lastSaid === null ? [] : [`  last text: ${printable(one.lastSaid)}`]),
        ]),
      );
  });
}
