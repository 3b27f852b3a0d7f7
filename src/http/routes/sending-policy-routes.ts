import { getSendingPolicy } from '../../business/business-store.ts';
import { changeSendingPolicy } from '../../business/change-sending-policy.ts';
import { checkSendingPolicy } from '../../business/check-sending-policy.ts';
import { explainHours } from '../../business/explain-hours.ts';
import { hoursOfPlaces, type PlaceHours, policyWarnings } from '../../business/policy-hours.ts';
import { hoursOfAll, type SendingPolicy } from '../../business/sending-policy.ts';
import { readHoursEffect } from '../../campaigns/hours-effect.ts';
import { type QuietHoursRule, type SendWindow, showRule, windowText } from '../../compliance/quiet-hours.ts';
import { type HoursRow, PRESETS, quietHoursAt } from '../../compliance/quiet-hours-table.ts';
import { invalid, type Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import { type Instant, instant, Temporal } from '../../platform/time.ts';
import type { Services } from '../../services.ts';
import type { Api } from '../api.ts';
import * as contract from '../contract/sending-policy.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';

export function registerSendingPolicyRoutes(api: Api, services: Services): void {
  const { clock, newUuid, database } = services;
  const deps = { db: database.db, clock, newUuid };
  const shown = (policy: SendingPolicy) => showPolicy(policy, clock.now());

  api.handle(contract.getSendingPolicy, async () => ok(shown(await getSendingPolicy(database.db))));
  api.handle(contract.putSendingPolicy, async ({ body, caller }) => {
    const changed = await changeSendingPolicy(deps, { change: () => body, actor: caller.actor });
    return changed.ok ? ok(shown(changed.value)) : changed;
  });
  api.handle(contract.previewSendingPolicy, async ({ body }) => {
    const now = clock.now();
    const day = dayOf(body.day, now);
    if (!day.ok) return day;
    const before = await getSendingPolicy(database.db);
    const policy = body.policy === undefined ? ok(before) : checkSendingPolicy(body.policy, now);
    if (!policy.ok) return policy;
    const data = hoursOfPlaces(policy.value, { at: now, day: day.value });
    const effect = await readHoursEffect(database.db, { before, after: policy.value, now });
    return ok({ warnings: policyWarnings(policy.value, now), effect, data: data.map(showPlace) });
  });
  api.handle(contract.explainHours, async ({ query }) => {
    const at = instantOf(query.at, clock.now());
    if (!at.ok) return at;
    const policy = await getSendingPolicy(database.db);
    const allowed = policy.messagesPerDay;
    const found = explainHours(query, { policy: hoursOfAll(policy), allowed, at: at.value });
    if (!found.ok) return found;
    const { places, closesAt, opensAt, rule, rulesBeginOn, ...hours } = found.value;
    return ok({
      ...hours,
      ...places,
      at: isoText(at.value),
      closesAt: isoTextOrNull(closesAt ?? null),
      opensAt: isoTextOrNull(opensAt ?? null),
      rule: showHoursRule(rule),
      rulesBeginOn: rulesBeginOn ?? null,
    });
  });
}

/** The policy with what stands around it: the rules that narrow it, and whom it leaves out. */
export function showPolicy(policy: SendingPolicy, now: Instant) {
  const table = quietHoursAt(now);
  return {
    ...policy,
    tableVersion: table.version,
    presets: PRESETS.map((preset) => ({ preset, ...showHours(table.presets[preset]) })),
    warnings: policyWarnings(policy, now),
  };
}

const showHours = ({ weekday, saturday, sunday, holiday }: HoursRow) => ({
  weekday: windowOrNull(weekday),
  saturday: windowOrNull(saturday),
  sunday: windowOrNull(sunday),
  holiday: holiday === 'as-day' ? holiday : windowOrNull(holiday),
});

const windowOrNull = (window: SendWindow | null): string | null => (window === null ? null : windowText(window));

const showPlace = ({ places, hours, ...place }: PlaceHours) => ({
  ...place,
  zones: places.zones,
  open: hours.spans.map(({ from, to, opensBy, closesBy }) => ({
    from: isoText(from),
    to: isoText(to),
    opensBy: opensBy === undefined ? null : showHoursRule(opensBy),
    closesBy: showHoursRule(closesBy),
  })),
  closedBy: hours.closedBy === undefined ? null : showHoursRule(hours.closedBy),
  opensAt: isoTextOrNull(hours.opensAt ?? null),
});

const showHoursRule = (rule: QuietHoursRule) => ({
  code: rule.code,
  text: showRule(rule),
  because: rule.because ?? null,
});

/** Rules are known for about as long: a day beyond is a slip of the pen. */
const YEARS_AROUND = 5;

function dayOf(text: string | undefined, now: Instant): Outcome<string | undefined> {
  if (text === undefined) return ok(undefined);
  const day = parsed(() => Temporal.PlainDate.from(text));
  const year = now.toZonedDateTimeISO('UTC').year;
  if (day !== undefined && Math.abs(day.year - year) <= YEARS_AROUND) return ok(day.toString());
  return refused('/day', `expected a day like 2026-12-24 of the years around ${year}, got "${text}"`);
}

function instantOf(text: string | undefined, now: Instant): Outcome<Instant> {
  if (text === undefined) return ok(now);
  const at = parsed(() => instant(text));
  const year = now.toZonedDateTimeISO('UTC').year;
  if (at !== undefined && Math.abs(at.toZonedDateTimeISO('UTC').year - year) <= YEARS_AROUND) return ok(at);
  return refused(
    '/query/at',
    `expected an instant like 2026-11-17T15:00:00Z of the years around ${year}, got "${text}"`,
  );
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

const refused = (pointer: string, message: string) =>
  invalid(`${pointer.split('/').at(-1)}: ${message}`, { errors: [{ pointer, message }] });
