import { sql } from 'kysely';
import { instant } from '../platform/time.ts';
import type { PaceUsed } from './decide-pace.ts';

/** As JSON tells it. */
export type StoredPaceUsed = Omit<PaceUsed, 'hourStart' | 'nextAt'> & {
  readonly hourStart: string;
  readonly nextAt: string;
};

/** Over `campaign_pace p`. */
export const paceUsedJson = sql<StoredPaceUsed>`jsonb_build_object('hourStart', p.hour_start, 'hourTexts', p.hour_texts,
  'day', p.day, 'dayTexts', p.day_texts, 'nextAt', p.next_at)`;

/** Over `campaign c`: what it has used of its pace, null before its first text. */
export const paceUsedSql = sql<StoredPaceUsed | null>`(
  select ${paceUsedJson} from campaign_pace p where p.campaign_id = c.id)`;

export const paceUsedFrom = (stored: StoredPaceUsed | null): PaceUsed | null =>
  stored === null ? null : { ...stored, hourStart: instant(stored.hourStart), nextAt: instant(stored.nextAt) };
