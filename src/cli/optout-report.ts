import { exportOptOuts } from '../compliance/export-opt-outs.ts';
import type { ReportSide } from '../compliance/opt-out-rate.ts';
import type { OptOutFilter } from '../compliance/report-opt-outs.ts';
import { listLaneRows } from '../gateways/account-store.ts';
import { filterOf, readReport } from '../http/routes/compliance-routes.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { rateText, tookText } from './compliance-status.ts';
import { findCampaign } from './find-campaign.ts';
import { findLane } from './find-lane.ts';
import { actor, withServices } from './open-services.ts';
import type { Shell } from './shell.ts';
import { table } from './words.ts';

export interface ReportFlags {
  readonly by: ReportSide;
  readonly days: number;
  readonly campaign?: string;
  readonly lane?: string;
  readonly state?: string;
  readonly json?: true;
}

type Filters = Omit<ReportFlags, 'by' | 'json'>;

async function filterBy({ days, campaign, lane, state }: Filters, { db, clock }: Deps): Promise<OptOutFilter> {
  return {
    ...(await filterOf(db, clock, { days, state })),
    campaignId: campaign === undefined ? undefined : (await findCampaign(db, campaign)).id,
    laneId: lane === undefined ? undefined : findLane(await listLaneRows(db), lane).id,
  };
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
}

export async function reportCommand(flags: ReportFlags, shell: Shell): Promise<void> {
  const report = await withServices(shell, async ({ database: { db }, clock }) =>
    readReport(db, clock, { by: flags.by, filter: await filterBy(flags, { db, clock }) }),
  );
  if (flags.json) return shell.out.json(report);
  await shell.out.lines(
    ...table([
      ['All', rateText(report.total)],
      ...report.rates.map((rate) => [rate.name ?? rate.key, rateText(rate)]),
      ...report.byWay.map((way) => [`by ${way.how.replace('_', ' ')}`, `${way.count}${tookText(way)}`]),
    ]),
  );
}

/** Piece by piece: the file may be longer than memory. */
export async function exportCommand(flags: Filters, shell: Shell): Promise<void> {
  await withServices(shell, async ({ database: { db }, clock, newUuid }) => {
    const filter = await filterBy(flags, { db, clock });
    for await (const piece of await exportOptOuts({ db, clock, newUuid }, { filter, actor: actor().actor }))
      await shell.out.write(piece);
  });
}
