import { sql } from 'kysely';
import { pauseSending, resumeSending } from '../../src/business/change-business.ts';
import { readForecasts } from '../../src/campaigns/expected-finish.ts';
import type { CampaignForecast } from '../../src/campaigns/forecast.ts';
import { dayIn } from '../../src/platform/calendar.ts';
import type { Db } from '../../src/platform/database.ts';
import type { Uuid } from '../../src/platform/ids.ts';
import { addMs, type Instant, instant, MINUTE_MS, msBetween } from '../../src/platform/time.ts';
import { DEFAULT_HOLDER_OPTIONS } from '../../src/sending/holder.ts';
import type { Backends } from './backends.ts';
import type { AcceptedText } from './outside.ts';
import { type Plan, type PlannedCampaign, WITHOUT_TROUBLE } from './plan.ts';
import { type Launched, runSeed } from './run-seed.ts';

/** A run in which nothing goes wrong and nobody interferes: what a forecast speaks of. */
export interface QuietRun {
  readonly startsAt: string;
  /** Indexes into PLACES: where the people of every campaign are, in turn. */
  readonly places: readonly number[];
  readonly ratePerSecond: number;
  /** Of another account, of a number that `change` makes slower than its account, or of each of equals that share such a number. */
  readonly slowestPerSecond?: number;
  /** `change` gives the campaign a wished end. */
  readonly isSpread?: boolean;
  readonly dailyCaps: readonly number[];
  /** Another account, and its numbers; as fast as the first unless it says so. */
  readonly other?: { readonly dailyCaps: readonly number[]; readonly ratePerSecond?: number };
  readonly campaigns: readonly (Partial<PlannedCampaign> & { readonly people: number })[];
  /** What plans have no word for: the columns of a pace, zones and throughput of numbers, numbers that people know. */
  readonly change?: (db: Db, launched: Launched) => Promise<void>;
  /** When the second forecast is taken. */
  readonly middleMs: number;
  /** Without work the engine looks again after as long; `IDLE_MS` unless it is to be as quick as the product. */
  readonly idleMs?: number;
}

/** A night of looks each two seconds would show nothing. */
const IDLE_MS = 5 * MINUTE_MS;
const BUSINESS_ZONE = 'America/New_York';

export interface Compared {
  readonly name: string;
  readonly foretold: CampaignForecast | undefined;
  readonly lastMs: number | undefined;
  /** Texts by day and number. */
  readonly happened: ReadonlyMap<string, number>;
}

/** Runs it to its end; what each forecast said of each campaign beside what happened from then on. */
export async function playQuietly(
  run: QuietRun,
  backends: Backends,
): Promise<{ readonly compared: readonly Compared[]; readonly violations: readonly string[] }> {
  const forecasts: {
    readonly name: string;
    readonly at: Instant;
    readonly said: ReadonlyMap<Uuid, CampaignForecast>;
  }[] = [];
  let known: Launched | undefined;
  const { violations } = await runSeed({
    seed: 1,
    backends,
    keepTrace: false,
    enrollments: run.campaigns.reduce((sum, { people }) => sum + people, 0),
    plan: planOf(run),
    async afterLaunch(launched) {
      known = launched;
      const { db, world, clock, product, setup, campaignIds } = launched;
      await run.change?.(db, launched);
      await pauseSending({ db, ...setup }, { reason: 'the worker has only started', actor: 'owner' });
      const take = async (name: string): Promise<void> => {
        forecasts.push({ name, at: clock.now(), said: await readForecasts(db, clock, { ids: campaignIds }) });
      };
      const begins = msOfStart(run);
      world.after(begins, 'sending begins', () =>
        product.ask('begin', async (asked) => {
          await resumeSending(asked, { actor: 'owner' });
          await take('at launch');
        }),
      );
      world.after(begins + run.middleMs, 'a forecast', () => take('in the middle'));
    },
  });
  const { outside, campaignIds, laneIds } = known ?? { outside: undefined, campaignIds: [], laneIds: [] };
  const refs = accountsOf(run).flatMap((account) => account.lanes.map(({ ref }) => ref));
  const lanes = new Map(refs.map((ref, index) => [ref, laneIds[index]]));
  const compared = forecasts.flatMap(({ name, at, said }) =>
    campaignIds.map((id, index): Compared => {
      const texts = (outside?.accepted ?? []).filter(
        (text) => text.text.includes(`[campaign ${index}]`) && msBetween(at, text.calledAt) >= 0,
      );
      return {
        name: `campaign ${index} ${name}`,
        foretold: said.get(id),
        lastMs: texts.at(-1)?.calledAt.epochMilliseconds,
        happened: countBy(texts, (text) => `${dayIn(BUSINESS_ZONE, text.calledAt)} ${lanes.get(text.laneRef)}`),
      };
    }),
  );
  return { compared, violations };
}

function countBy(texts: readonly AcceptedText[], keyOf: (text: AcceptedText) => string): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(texts, keyOf)].map(([key, group]) => [key, group.length]));
}

/** A worker that has just started asks who else sends, with a rate that begins at nothing; the product's has run for long. */
const msOfStart = (run: QuietRun): number =>
  Math.ceil(2_000 / Math.min(...accountsOf(run).map(({ rate }) => rate))) + 5_000;

const accountsOf = ({ ratePerSecond, dailyCaps, other }: QuietRun): Plan['accounts'] =>
  [{ dailyCaps }, ...(other === undefined ? [] : [other])].map((one: NonNullable<QuietRun['other']>, account) => ({
    name: ACCOUNT_NAMES[account] ?? '',
    rate: one.ratePerSecond ?? ratePerSecond,
    lanes: one.dailyCaps.map((dailyCap, index) => ({
      ref: `PN${ACCOUNT_NAMES[account]}${index}`,
      phone: `+1212555${String(1_000 + 100 * account + index)}`,
      dailyCap,
      messagesPerSecond: null,
      partsPerSecond: null,
      partsPerDay: null,
    })),
  }));
const ACCOUNT_NAMES = ['one', 'two'];

/** As the simulation asks for it; caps below 60 would be raised by it. */
function planOf(run: QuietRun): Plan {
  return {
    startsAt: addMs(instant(run.startsAt), -msOfStart(run)).toString(),
    workers: 1,
    accounts: accountsOf(run),
    campaigns: run.campaigns.map((campaign, index) => ({
      tag: `c${index}`,
      offset: index * 2_000,
      priority: 5,
      allLanes: true,
      launchAtMs: 0,
      maxPerHour: null,
      maxPerDay: null,
      finishByMs: null,
      asksWritten: false,
      ...campaign,
    })),
    places: run.places,
    leaseMs: 60 * MINUTE_MS,
    idleMs: run.idleMs ?? IDLE_MS,
    guardAgainMs: DEFAULT_HOLDER_OPTIONS.guardAgainMs,
    messagesPerDay: 3,
    ...WITHOUT_TROUBLE,
  };
}

/** Sets columns of the first campaign. */
export const paced =
  (columns: Readonly<Record<string, string | number>>) =>
  async (db: Db, { campaignIds }: Launched): Promise<void> => {
    for (const [column, value] of Object.entries(columns))
      await sql`update campaign set ${sql.ref(column)} = ${column === 'finish_by' ? instant(String(value)) : value} where id = ${campaignIds[0]}`.execute(
        db,
      );
  };
