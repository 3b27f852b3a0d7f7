import { z } from 'zod';
import { explainHours, guessWords } from '../business/explain-hours.ts';
import { DEFAULT_SENDING_POLICY, hoursOfAll } from '../business/sending-policy.ts';
import { showRule } from '../compliance/quiet-hours.ts';
import { PRESETS } from '../compliance/quiet-hours-table.ts';
import { parsePhone } from '../contacts/phone.ts';
import { plausibleZones } from '../contacts/zones.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { instant } from '../platform/time.ts';
import { issueWords, type JsonObject } from './json-lines.ts';

const question = z.object({
  phone: z.string({ error: 'expected a number like +16175550123' }),
  state: z.string({ error: 'expected a US state like FL or Florida' }).nullish(),
  zone: z.string({ error: 'expected a time zone like America/Chicago' }).nullish(),
  at: z.iso.datetime({ offset: true, error: 'expected an instant like 2026-11-17T15:00:00Z' }),
  preset: z.enum(PRESETS, { error: `expected ${PRESETS.join(', ')}` }).nullish(),
});

interface HoursAnswer {
  readonly allowed: boolean;
  readonly zones: readonly string[];
  readonly states: readonly string[];
  /** That is closed now, or that will close first. */
  readonly rule: string;
  /** Null while it is allowed, and when it never will be. */
  readonly nextAllowedAt: string | null;
}

/** May this number be texted at this instant? The decision of the engine, for a line of JSON. */
export function askQuietHours(input: JsonObject): Result<HoursAnswer, string> {
  const asked = question.safeParse(input);
  if (!asked.success) return err(issueWords(asked.error));
  const { phone, state, zone, at, preset } = asked.data;
  const number = parsePhone(phone);
  if (!number.ok) return err(`"phone": "${phone}" is no phone number: expected one like +16175550123`);
  const { zones, region } = plausibleZones({ phone: number.value });
  if (zones.length === 0)
    return ok({
      allowed: false,
      zones,
      states: [],
      rule: `${region}: campaigns text US numbers only`,
      nextAllowedAt: null,
    });
  const policy = { ...DEFAULT_SENDING_POLICY, preset: preset ?? DEFAULT_SENDING_POLICY.preset };
  const hours = explainHours(
    { phone, state: state ?? undefined, zone: zone ?? undefined },
    { policy: hoursOfAll(policy), allowed: policy.messagesPerDay, at: instant(at) },
  );
  if (!hours.ok) return err(hours.error.message);
  const { open, places, rule, opensAt } = hours.value;
  return ok({
    allowed: open,
    zones: places.zones,
    states: places.states,
    rule: `${showRule(rule)}${guessWords(hours.value)}`,
    nextAllowedAt: opensAt?.toString() ?? null,
  });
}
