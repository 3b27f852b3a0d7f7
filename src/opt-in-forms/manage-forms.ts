import type { AuditAction } from '../compliance/audit-action.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { listLaneRows } from '../gateways/account-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import type { Random } from '../platform/random.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { originOf } from './decide-submission.ts';
import type { FormWording, OptInForm } from './opt-in-form.ts';
import { insertForm, insertWordings, lockForm, updateForm } from './opt-in-form-store.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly random: Random;
}

type By = { readonly actor: string; readonly name: string };
type Given = 'name' | 'laneId' | 'doubleOptIn' | 'allowedOrigins' | 'redirectUrl' | 'wordings';
export type NewForm = Pick<OptInForm, Given | 'purpose' | 'kind'>;
/** What people agree to by it never changes; whoever wants that makes another form. */
export type FormChange = { readonly [K in Given]?: OptInForm[K] | undefined } & { readonly open?: boolean | undefined };

const TOKEN_BYTES = 12;

export async function createForm(
  tx: Tx,
  deps: Deps,
  input: { readonly form: NewForm; readonly by: By },
): Promise<Outcome<OptInForm>> {
  const now = deps.clock.now();
  const form: OptInForm = {
    ...input.form,
    id: deps.newUuid(),
    token: Buffer.from(deps.random.bytes(TOKEN_BYTES)).toString('base64url'),
    version: 1,
    closedAt: null,
    createdBy: input.by.name,
    createdAt: now,
  };
  const refusal = await refused(tx, form);
  if (refusal !== undefined) return refusal;
  if (!(await insertForm(tx, form))) return nameTaken(form);
  await audited(tx, deps, { form, by: input.by, action: 'opt_in_form.created', detail: wordsOf(form) });
  return ok(form);
}

/** Other words are another version; those of before stay, for whoever agreed to them and for pages that still show them. */
export async function changeForm(
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'newUuid'>,
  input: { readonly id: Uuid; readonly change: FormChange; readonly by: By },
): Promise<Outcome<OptInForm>> {
  const before = await lockForm(tx, input.id);
  if (before === undefined) return notFound('form', showId('optInForm', input.id));
  const { open = before.closedAt === null, ...given } = input.change;
  const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const merged: OptInForm = { ...before, ...changed };
  const rewritten = !sameWords(before.wordings, merged.wordings);
  const form: OptInForm = {
    ...merged,
    version: rewritten ? before.version + 1 : before.version,
    closedAt: open ? null : (before.closedAt ?? deps.clock.now()),
  };
  const refusal = await refused(tx, form);
  if (refusal !== undefined) return refusal;
  if (!(await updateForm(tx, form))) return nameTaken(form);
  if (rewritten) await insertWordings(tx, form);
  await audited(tx, deps, {
    form,
    by: input.by,
    action: 'opt_in_form.changed',
    detail: { changed: Object.keys(input.change), ...wordsOf(form) },
  });
  return ok(form);
}

const wordsOf = ({ name, version, doubleOptIn, closedAt, wordings }: OptInForm) => ({
  name,
  version,
  doubleOptIn,
  open: closedAt === null,
  wordings,
});

const sameWords = (before: readonly FormWording[], after: readonly FormWording[]): boolean =>
  JSON.stringify(inOrder(before)) === JSON.stringify(inOrder(after));
const inOrder = (wordings: readonly FormWording[]) =>
  wordings
    .map(({ language, heading, wording, button }) => [language, heading, wording, button])
    .sort(([a = ''], [b = '']) => a.localeCompare(b));

async function refused(tx: Tx, form: OptInForm): Promise<Outcome<never> | undefined> {
  const lane = (await listLaneRows(tx)).find(({ id }) => id === form.laneId);
  if (lane === undefined) return at('/laneId', `there is no number ${showId('lane', form.laneId)} of ours`);
  const foreign = form.allowedOrigins.find((origin) => originOf(origin) !== origin);
  if (foreign !== undefined)
    return at('/allowedOrigins', `expected the site of a page alone, like https://acme.example, got "${foreign}"`);
  const languages = form.wordings.map(({ language }) => language);
  if (new Set(languages).size < languages.length) return at('/wordings', 'each language can have its words once');
  return undefined;
}

const at = (pointer: string, message: string) => invalid(message, { errors: [{ pointer, message }] });
const nameTaken = ({ name }: OptInForm) => conflict(`a form is called "${name}" already; choose another name`);

async function audited(
  tx: Tx,
  { clock, newUuid }: Pick<Deps, 'clock' | 'newUuid'>,
  entry: { readonly form: OptInForm; readonly by: By; readonly action: AuditAction; readonly detail: object },
): Promise<void> {
  const { form, by, action, detail } = entry;
  const subject = showId('optInForm', form.id);
  await recordAudit(tx, {
    id: newUuid(),
    at: clock.now(),
    actor: by.actor,
    action,
    subject,
    detail: { by: by.name, ...detail },
  });
}
