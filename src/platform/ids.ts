import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/**
 * Ids are UUIDv7 (RFC 9562) in the database and prefixed text everywhere else (`cmp_0193f6c2...`, 32 hex digits without dashes),
 * so that a pasted id tells its kind.
 */
export const ID_PREFIXES = {
  account: 'acc',
  lane: 'lane',
  contact: 'con',
  import: 'imp',
  template: 'tpl',
  campaign: 'cmp',
  variant: 'var',
  enrollment: 'enr',
  message: 'msg',
  conversation: 'cnv',
  call: 'call',
  suppression: 'sup',
  optOutReview: 'rev',
  optOutDifference: 'odf',
  consent: 'cns',
  optInForm: 'frm',
  event: 'evt',
  proxyTarget: 'ptg',
  replay: 'rpl',
  audit: 'aud',
  reconciliation: 'rec',
  user: 'usr',
  apiKey: 'key',
  alert: 'alr',
  healthCheck: 'chk',
  validation: 'val',
  dncList: 'dnc',
  dncVersion: 'dnv',
  dncExemption: 'dnx',
  reassignedCheck: 'rsc',
  scrub: 'scr',
  erasure: 'era',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;
export type Id<K extends IdKind> = string & { readonly __id: K };
export type AccountId = Id<'account'>;
export type LaneId = Id<'lane'>;
export type ContactId = Id<'contact'>;
export type ImportId = Id<'import'>;
export type TemplateId = Id<'template'>;
export type CampaignId = Id<'campaign'>;
export type VariantId = Id<'variant'>;
export type EnrollmentId = Id<'enrollment'>;
export type MessageId = Id<'message'>;
export type ConversationId = Id<'conversation'>;

/** A bare UUID as stored. `Id` is its shown form. */
export type Uuid = string;

export type NewUuid = () => Uuid;

/** Makes UUIDv7s that sort by creation, also several within one millisecond (a 12-bit counter follows the time). */
export function uuidSource(source: { readonly clock: Clock; readonly random: Random }): NewUuid {
  let lastMs = 0;
  let time = '';
  let counter = 0;
  const setMs = (ms: number): void => {
    lastMs = ms;
    const hex = ms.toString(16).padStart(12, '0');
    time = `${hex.slice(0, 8)}-${hex.slice(8)}-`;
  };
  return () => {
    const nowMs = source.clock.now().epochMilliseconds;
    if (nowMs > lastMs) {
      setMs(nowMs);
      counter = source.random.int(0, 0x3ff);
    } else {
      counter += 1;
      if (counter > 0xfff) {
        setMs(lastMs + 1);
        counter = 0;
      }
    }
    const tail = source.random.bytes(8);
    tail[0] = ((tail[0] ?? 0) & 0x3f) | 0x80;
    let rest = '';
    for (const [index, byte] of tail.entries()) rest += index === 2 ? `-${HEX[byte]}` : HEX[byte];
    return `${time}${(0x7000 + counter).toString(16)}-${rest}`;
  };
}

/** Thousands of ids a second are written with it, several times as fast as by a `Buffer` each. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** When a UUIDv7 was made, in milliseconds since 1970 (RFC 9562, section 5.7). */
export const madeAtMs = (uuid: Uuid): number => Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);

/** No UUIDv7 made at or after this instant sorts before it. */
export function firstUuidAt(epochMs: number): Uuid {
  const hex = Math.min(Math.max(0, Math.floor(epochMs)), UUID_MS_MAX)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

const UUID_MS_MAX = 0xffff_ffff_ffff;

export const showId = <K extends IdKind>(kind: K, uuid: Uuid): Id<K> =>
  `${ID_PREFIXES[kind]}_${uuid.replaceAll('-', '')}` as Id<K>;

/** The UUID inside a shown id of this kind, or `undefined` when the text is not such an id. */
export function parseId(kind: IdKind, text: string): Uuid | undefined {
  const prefix = `${ID_PREFIXES[kind]}_`;
  const hex = text.slice(prefix.length);
  if (!text.startsWith(prefix) || !/^[0-9a-f]{32}$/.test(hex)) return undefined;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
