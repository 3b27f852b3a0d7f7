import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { E164 } from './phone.ts';
import { stateCode } from './states.ts';
import { plausibleZones, zoneGroupKey } from './zones.ts';

/** A person we may write to. One number is one contact: the number never changes, everything else may. */
export interface Contact extends ContactFields {
  readonly id: Uuid;
  readonly phone: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** See `zoneGroupKey`: the plausible states and zones of this person. */
  readonly zoneGroup: string;
  readonly numberState: 'unverified' | 'textable' | 'invalid';
  readonly lastCampaignTextAt: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** The suppression that matters most while one is active: an opt-out before anything else, then the oldest. */
  readonly suppressed: { readonly reason: string; readonly channel: string; readonly since: Instant } | null;
}

/** What staff may write; null is "not known". */
export interface ContactFields {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly company: string | null;
  readonly street: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postalCode: string | null;
}

/** An absent property leaves the field as it is. */
export type ContactChange = { readonly [F in keyof ContactFields]?: string | null | undefined } & {
  readonly tags?: readonly string[] | undefined;
};

export const NO_FIELDS: ContactFields = {
  firstName: null,
  lastName: null,
  email: null,
  company: null,
  street: null,
  city: null,
  state: null,
  postalCode: null,
};

export const FIELD_WORDS: Readonly<Record<keyof ContactFields | 'tags', string>> = {
  firstName: 'first name',
  lastName: 'last name',
  email: 'e-mail',
  company: 'company',
  street: 'street',
  city: 'city',
  state: 'state',
  postalCode: 'postal code',
  tags: 'tags',
};

/** First and last name, else the company, else the number. */
export function contactName(
  contact: Pick<ContactFields, 'firstName' | 'lastName' | 'company'> & { readonly phone: string },
): string {
  const name = [contact.firstName, contact.lastName].filter((part) => part !== null && part !== '').join(' ');
  return name || contact.company || contact.phone;
}

/** Beside a number: the contact that has it now, if any. */
export interface NumberHolder extends Pick<ContactFields, 'firstName' | 'lastName' | 'company'> {
  readonly contactId: Uuid | null;
}

/** The fields after a change. Blank text is null; a state is written as its code where one is meant. */
export function changedFields(before: ContactFields, change: ContactChange): ContactFields {
  const pick = (field: keyof ContactFields): string | null => {
    const value = change[field];
    return value === undefined ? before[field] : value?.trim() || null;
  };
  const state = pick('state');
  return {
    firstName: pick('firstName'),
    lastName: pick('lastName'),
    email: pick('email'),
    company: pick('company'),
    street: pick('street'),
    city: pick('city'),
    state: state === null ? null : (stateCode(state) ?? state),
    postalCode: pick('postalCode'),
  };
}

/** Trimmed, each tag once whatever its case (the first spelling stays), in the order given. */
export function tidyTags(tags: readonly string[]): readonly string[] {
  const kept = new Map<string, string>();
  for (const tag of tags.map((text) => text.trim())) {
    const key = tag.toLowerCase();
    if (tag !== '' && !kept.has(key)) kept.set(key, tag);
  }
  return [...kept.values()];
}

export const zoneGroupOf = (phone: E164, fields: Pick<ContactFields, 'state' | 'postalCode'>): string =>
  zoneGroupKey(plausibleZones({ phone, state: fields.state, postalCode: fields.postalCode }));
