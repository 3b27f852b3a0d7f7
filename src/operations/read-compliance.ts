import { getBusiness } from '../business/business-store.ts';
import { type DncListShown, readDncLists } from '../compliance/dnc-lists.ts';
import { AREA_CODES, everyRuleAt, type RuleInForce } from '../compliance/every-rule.ts';
import { type ChainState, readChainState } from '../compliance/list-audit.ts';
import { type LastVerification, readLastVerification } from '../compliance/note-verification.ts';
import { classifierVersionAt } from '../compliance/opt-out.ts';
import { mostAlarming, type OptOutLevels, optOutLevelsAt, type ReportSide } from '../compliance/opt-out-rate.ts';
import { countUnheard } from '../compliance/provider-differences.ts';
import {
  type ConfirmationTimes,
  type OptOutRate,
  type OptOutsByWay,
  readConfirmationTimes,
  readOptOutRates,
  readOptOutsByWay,
} from '../compliance/report-opt-outs.ts';
import { countOpenReviews } from '../conversations/review-read-store.ts';
import { dayIn, daysUpTo, startOfDay } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import { readStanding, type Standing } from './count-standing.ts';

export interface Compliance {
  readonly zone: string;
  readonly from: Instant;
  readonly days: number;
  readonly levels: OptOutLevels;
  readonly optOuts: {
    readonly byDay: readonly OptOutRate[];
    readonly byCampaign: readonly OptOutRate[];
    readonly byVariant: readonly OptOutRate[];
    readonly byLane: readonly OptOutRate[];
    readonly byWay: readonly OptOutsByWay[];
  };
  readonly confirmations: ConfirmationTimes;
  readonly standing: Standing;
  readonly heldNumbers: number;
  readonly dncLists: readonly DncListShown[];
  /** Numbers that a provider refused in that time though nothing here forbade them. */
  readonly unheardOptOuts: number;
  readonly chain: ChainState;
  /** Undefined: nobody ever verified the log. */
  readonly verified: LastVerification | undefined;
  readonly rules: readonly (Pick<RuleInForce, 'name' | 'version'> & {
    readonly [Told in 'digest' | 'source']: string | null;
  })[];
  readonly asOf: Instant;
}

export const COMPLIANCE_DAYS = 30;
const SHOWN_MAX = 10;
const SHOWN_SIDES: readonly ReportSide[] = ['day', 'campaign', 'variant', 'lane'];

/** Nothing here grows with the number of texts: opt-outs, tallies of hours, and counts that a job keeps. */
export async function readCompliance(db: Db, clock: Clock): Promise<Compliance> {
  const now = clock.now();
  const { zone } = await getBusiness(db);
  const days = daysUpTo(dayIn(zone, now), COMPLIANCE_DAYS);
  const from = startOfDay(zone, days[0] ?? dayIn(zone, now));
  const filter = { from, zone };
  const [bySide, byWay, confirmations, standing, heldNumbers, lists, unheardOptOuts, chain, verified] =
    await Promise.all([
      readOptOutRates(db, { sides: SHOWN_SIDES, filter }),
      readOptOutsByWay(db, filter),
      readConfirmationTimes(db, from),
      readStanding(db, now),
      countOpenReviews(db),
      readDncLists(db, now),
      countUnheard(db, from),
      readChainState(db, clock),
      readLastVerification(db),
    ]);
  const rates = (side: ReportSide) => bySide.get(side) ?? [];
  const levels = optOutLevelsAt(now);
  const shown = (side: ReportSide) => mostAlarming(rates(side), { levels, shownMax: SHOWN_MAX });
  const known = new Map(rates('day').map((day) => [day.key, day]));
  return {
    ...{ zone, from, days: COMPLIANCE_DAYS, confirmations, standing, heldNumbers, unheardOptOuts, chain, verified },
    asOf: now,
    levels,
    optOuts: {
      byDay: days.map((key) => known.get(key) ?? { key, name: null, campaignId: null, texts: 0, optOuts: 0 }),
      byCampaign: shown('campaign'),
      byVariant: shown('variant'),
      byLane: shown('lane'),
      byWay,
    },
    dncLists: lists.filter(({ retiredAt }) => retiredAt === null || isBefore(now, retiredAt)),
    rules: rulesAt(now),
  };
}

const ruleOf = ({ name, version, digest, source }: RuleInForce): RuleInForce => ({ name, version, digest, source });

/** Which version of the law and of our own tables is in force. */
const rulesAt = (now: Instant): Compliance['rules'] => [
  ...everyRuleAt(now),
  ruleOf(AREA_CODES),
  { name: 'Understanding of opt-outs', version: classifierVersionAt(now), digest: null, source: null },
];
