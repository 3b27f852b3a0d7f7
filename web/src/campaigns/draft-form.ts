import type { AudienceRule, Campaign } from '../api/campaigns.ts';
import { consentInput } from './consent-form.ts';
import { type SendingForm, sendingOf, windowProblem } from './sending-form.ts';

/**
 * A draft while somebody types in it. What is shown are `fields`; `unsaved` and `saving` say which of them the server does not have
 * yet. Pure, so that every order of typing, saving and changes by others can be tested.
 */
export interface DraftVariant {
  /** Stays with the variant while it is edited; the server makes new ids with every save. */
  readonly key: string;
  readonly label: string;
  readonly weight: number;
  readonly body: string;
}
export interface DraftFields extends SendingForm {
  readonly name: string;
  /** Null: nobody is chosen yet. */
  readonly audience: AudienceRule | null;
  readonly consent: Campaign['consent'];
  readonly variants: readonly DraftVariant[];
  readonly laneIds: readonly string[];
}
export type DraftField = keyof DraftFields;

export interface DraftForm {
  /** Revision of the server's draft that `fields` build on. */
  readonly revision: number;
  readonly fields: DraftFields;
  readonly unsaved: readonly DraftField[];
  /** On the way to the server. */
  readonly saving: readonly DraftField[];
  /** Why the last save did not work; typing or trying again forgets it. */
  readonly problem: unknown;
  /** Somebody else has changed the draft since `revision`: theirs, and which fields differ from what was known. */
  readonly conflict: { readonly theirs: Campaign; readonly fields: readonly DraftField[] } | null;
}

const FIELDS: readonly DraftField[] = [
  'name',
  'audience',
  'consent',
  'variants',
  'laneIds',
  'window',
  'pace',
  'priority',
  'pointless',
];
const LABELS = ['A', 'B', 'C', 'D', 'E'] as const;
export const VARIANTS_MAX = LABELS.length;

export const fieldsOf = (campaign: Campaign): DraftFields => ({
  name: campaign.name,
  audience: campaign.audience,
  consent: campaign.consent,
  variants: campaign.variants.map(({ label, weight, body }, index) => ({ key: `v${index}`, label, weight, body })),
  laneIds: campaign.laneIds,
  ...sendingOf(campaign),
});

export const formOf = (campaign: Campaign): DraftForm => ({
  revision: campaign.revision,
  fields: fieldsOf(campaign),
  unsaved: [],
  saving: [],
  problem: null,
  conflict: null,
});

export function edited(form: DraftForm, change: Partial<DraftFields>): DraftForm {
  const touched = FIELDS.filter((field) => change[field] !== undefined);
  return { ...form, fields: { ...form.fields, ...change }, unsaved: union(form.unsaved, touched), problem: null };
}

/** Fields that can go to the server now: it refuses an empty name and hours that never open, so that they wait until they are right. */
export function savable(form: DraftForm): readonly DraftField[] {
  if (form.saving.length > 0 || form.conflict !== null || form.problem !== null) return [];
  const { name, window } = form.fields;
  const wrong: readonly DraftField[] = [
    ...(name.trim() === '' ? (['name'] as const) : []),
    ...(windowProblem(window) === undefined ? [] : (['window'] as const)),
  ];
  return form.unsaved.filter((field) => !wrong.includes(field));
}

export const started = (form: DraftForm): DraftForm => {
  const saving = savable(form);
  return { ...form, saving, unsaved: form.unsaved.filter((field) => !saving.includes(field)) };
};

/** The body of the PATCH for `names`. */
export const changeFor = (form: DraftForm, names: readonly DraftField[]) => ({
  revision: form.revision,
  ...Object.fromEntries(names.map((field) => [field, plainValue(form.fields, field)])),
});

/** The answer of the save: what was typed stays on screen as it was typed. */
export const saved = (form: DraftForm, campaign: Campaign): DraftForm => ({
  ...form,
  revision: campaign.revision,
  saving: [],
});

export const notSaved = (form: DraftForm, problem: unknown): DraftForm => ({
  ...form,
  unsaved: union(form.unsaved, form.saving),
  saving: [],
  problem,
});

export const tryAgain = (form: DraftForm): DraftForm => ({ ...form, problem: null });

/**
 * A newer version of the draft is known. Without changes of one's own it simply takes their place; if it holds the very changes that
 * were to be saved (an answer was lost on the way), they are saved; otherwise a person decides.
 */
export function arrived(form: DraftForm, theirs: Campaign): DraftForm {
  if (theirs.revision <= form.revision || form.saving.length > 0) return form;
  if (form.unsaved.length === 0) return formOf(theirs);
  const their = fieldsOf(theirs);
  const differing = FIELDS.filter((field) => !same(plainValue(their, field), plainValue(form.fields, field)));
  if (differing.length === 0) return { ...form, revision: theirs.revision, unsaved: [], problem: null, conflict: null };
  return { ...form, problem: null, conflict: { theirs, fields: differing } };
}

/** One's own unsaved fields over their version of the rest. */
export function keptMine(form: DraftForm): DraftForm {
  if (form.conflict === null) return form;
  const mine = Object.fromEntries(form.unsaved.map((field) => [field, form.fields[field]]));
  return {
    ...formOf(form.conflict.theirs),
    fields: { ...fieldsOf(form.conflict.theirs), ...mine },
    unsaved: form.unsaved,
  };
}

export const takenTheirs = (form: DraftForm): DraftForm =>
  form.conflict === null ? form : formOf(form.conflict.theirs);

/** One more variant, with the first free letter and the weight of the last one. */
export function withVariant(variants: readonly DraftVariant[], body = ''): readonly DraftVariant[] {
  const label = LABELS.find((letter) => variants.every((variant) => variant.label !== letter));
  if (label === undefined || variants.length >= VARIANTS_MAX) return variants;
  const numbers = variants.map((variant) => Number(variant.key.slice(1)));
  return [...variants, { key: `v${Math.max(-1, ...numbers) + 1}`, label, weight: variants.at(-1)?.weight ?? 1, body }];
}

function plainValue(fields: DraftFields, field: DraftField): unknown {
  switch (field) {
    case 'name':
      return fields.name.trim();
    case 'variants':
      return fields.variants.map(({ label, weight, body }) => ({ label, weight, body }));
    case 'laneIds':
      return fields.laneIds.toSorted();
    case 'audience':
      return plainRule(fields.audience);
    case 'consent':
      return consentInput(fields.consent);
    case 'window':
    case 'pace':
    case 'priority':
    case 'pointless':
      return fields[field];
    default:
      return field satisfies never;
  }
}

/** A condition without values is no condition, and no condition is nobody; the order of the conditions says nothing. */
export function plainRule(rule: AudienceRule | null): AudienceRule | null {
  if (rule === null || rule.all) return rule;
  const { tags, states, cities, notContactedDays } = rule;
  const plain = {
    ...(tags?.length ? { tags } : {}),
    ...(states?.length ? { states } : {}),
    ...(cities?.length ? { cities } : {}),
    ...(notContactedDays === undefined ? {} : { notContactedDays }),
  };
  return Object.keys(plain).length === 0 ? null : plain;
}

const union = (a: readonly DraftField[], b: readonly DraftField[]): readonly DraftField[] =>
  FIELDS.filter((field) => a.includes(field) || b.includes(field));
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
