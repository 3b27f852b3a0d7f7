import { sql } from 'kysely';
import type { ReplyLanguage } from '../compliance/keywords.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { FormWording, OptInForm } from './opt-in-form.ts';

/** A few forms, each with a few versions. */
const FORM = sql`f.id, f.token, f.name, f.lane_id, f.purpose, f.kind, f.double_opt_in, f.allowed_origins, f.redirect_url, f.version, f.closed_at,
  f.created_by, f.created_at,
  (select jsonb_agg(jsonb_build_object('language', w.language, 'heading', w.heading, 'wording', w.wording, 'button', w.button) order by w.language)
    from opt_in_form_wording w where w.form_id = f.id and w.version = f.version) as wordings`;

export async function listForms(db: Db | Tx): Promise<readonly OptInForm[]> {
  const { rows } = await sql<OptInForm>`
    select ${FORM} from opt_in_form f order by f.closed_at nulls first, f.created_at desc, f.id`.execute(db);
  return rows;
}

export async function findForm(db: Db | Tx, id: Uuid): Promise<OptInForm | undefined> {
  return (await sql<OptInForm>`select ${FORM} from opt_in_form f where f.id = ${id}`.execute(db)).rows[0];
}

/** By what its public address ends with. */
export async function findPublicForm(db: Db | Tx, token: string): Promise<PublicForm | undefined> {
  const { rows } = await sql<PublicForm>`
    select ${FORM}, l.phone as lane_phone, l.state = 'off' as lane_is_off
    from opt_in_form f join lane l on l.id = f.lane_id where f.token = ${token}`.execute(db);
  return rows[0];
}

export interface PublicForm extends OptInForm {
  readonly lanePhone: string;
  readonly laneIsOff: boolean;
}

export async function lockForm(tx: Tx, id: Uuid): Promise<OptInForm | undefined> {
  return (await sql<OptInForm>`select ${FORM} from opt_in_form f where f.id = ${id} for update of f`.execute(tx))
    .rows[0];
}

/** The words of one version, which may be older than the one that is shown now. Primary key of opt_in_form_wording. */
export async function readWording(
  db: Db | Tx,
  query: { readonly formId: Uuid; readonly version: number; readonly language: ReplyLanguage },
): Promise<FormWording | undefined> {
  const { rows } = await sql<FormWording>`
    select language, heading, wording, button from opt_in_form_wording
    where form_id = ${query.formId} and version = ${query.version} and language = ${query.language}`.execute(db);
  return rows[0];
}

/** False when a form has that name already. */
export async function insertForm(tx: Tx, form: OptInForm): Promise<boolean> {
  const { rows } = await sql`
    insert into opt_in_form (id, token, name, lane_id, purpose, kind, double_opt_in, allowed_origins, redirect_url, version, created_by, created_at)
    values (${form.id}, ${form.token}, ${form.name}, ${form.laneId}, ${form.purpose}, ${form.kind}, ${form.doubleOptIn},
      ${form.allowedOrigins}::text[], ${form.redirectUrl}, ${form.version}, ${form.createdBy}, ${form.createdAt})
    on conflict (name) do nothing returning id`.execute(tx);
  if (rows.length > 0) await insertWordings(tx, form);
  return rows.length > 0;
}

export async function insertWordings(
  tx: Tx,
  { id, version, wordings }: Pick<OptInForm, 'id' | 'version' | 'wordings'>,
): Promise<void> {
  await sql`
    insert into opt_in_form_wording (form_id, version, language, heading, wording, button)
    select ${id}, ${version}, language, heading, wording, button
    from jsonb_to_recordset(${JSON.stringify(wordings)}::jsonb) as x (language text, heading text, wording text, button text)`.execute(
    tx,
  );
}

/** False when another form has that name. */
export async function updateForm(tx: Tx, form: OptInForm): Promise<boolean> {
  const { rows } = await sql`
    update opt_in_form f set name = ${form.name}, lane_id = ${form.laneId}, double_opt_in = ${form.doubleOptIn},
      allowed_origins = ${form.allowedOrigins}::text[], redirect_url = ${form.redirectUrl}, version = ${form.version}, closed_at = ${form.closedAt}
    where id = ${form.id} and not exists (select from opt_in_form o where o.name = ${form.name} and o.id <> f.id) returning id`.execute(
    tx,
  );
  return rows.length > 0;
}

/** How often this number and this form were sent in lately. Indexes opt_in_submission_phone and opt_in_submission_form. */
export async function countSubmissions(
  tx: Tx,
  query: {
    readonly formId: Uuid;
    readonly phone: string;
    readonly phoneSince: Instant;
    readonly formSince: Instant;
    readonly max: number;
  },
): Promise<{ readonly ofNumber: number; readonly ofForm: number }> {
  const { rows } = await sql<{ ofNumber: number; ofForm: number }>`
    select (select count(*) from opt_in_submission where phone = ${query.phone} and created_at > ${query.phoneSince}) as of_number,
      (select count(*) from (select from opt_in_submission where form_id = ${query.formId} and created_at > ${query.formSince}
        limit ${query.max}) s) as of_form`.execute(tx);
  return rows[0] ?? { ofNumber: 0, ofForm: 0 };
}

/** False when its ticket was brought back before. */
export async function insertSubmission(
  tx: Tx,
  one: {
    readonly id: Uuid;
    readonly formId: Uuid;
    readonly ticketDigest: string;
    readonly phone: string;
    readonly firstName: string | null;
    readonly lastName: string | null;
    readonly now: Instant;
  },
): Promise<boolean> {
  const { rows } = await sql`
    insert into opt_in_submission (id, form_id, ticket, phone, first_name, last_name, created_at)
    values (${one.id}, ${one.formId}, ${one.ticketDigest}, ${one.phone}, ${one.firstName}, ${one.lastName}, ${one.now})
    on conflict (ticket) do nothing returning id`.execute(tx);
  return rows.length > 0;
}

export interface NewestSubmission {
  readonly formName: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
}

/** Of a number that is no contact. Index opt_in_submission_phone. */
export async function newestOfStranger(tx: Tx, phone: string): Promise<NewestSubmission | undefined> {
  const { rows } = await sql<NewestSubmission>`
    select f.name as form_name, s.first_name, s.last_name from opt_in_submission s join opt_in_form f on f.id = s.form_id
    where s.phone = ${phone} and not exists (select from contact c where c.phone = ${phone})
    order by s.created_at desc limit 1`.execute(tx);
  return rows[0];
}
