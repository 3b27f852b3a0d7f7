import { createHash } from 'node:crypto';
import { lockNumber } from '../compliance/lock-number.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import type { E164 } from '../contacts/phone.ts';
import { askToConfirm } from '../conversations/ask-to-confirm.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { type NewUuid, showId } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, HOUR_MS } from '../platform/time.ts';
import { addSubscriber } from './add-subscriber.ts';
import type { TypedValues } from './form-html.ts';
import type { Ticket } from './form-ticket.ts';
import {
  type FormWording,
  type OptInForm,
  SUBMISSIONS_PER_HOUR_MAX,
  SUBMISSIONS_PER_NUMBER_MAX,
  SUBMISSIONS_PER_NUMBER_MS,
} from './opt-in-form.ts';
import { countSubmissions, insertSubmission, readWording } from './opt-in-form-store.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** What decideSubmission has accepted, and how it came. */
export interface Submission {
  readonly form: OptInForm;
  readonly phone: E164;
  readonly ticket: Ticket;
  readonly ticketText: string;
  readonly typed: TypedValues;
  /** The page that held the form. */
  readonly formUrl: string;
  readonly ip: string;
  readonly userAgent: string | undefined;
}

/** Sent in twice (a double click, a page that is loaded again), it is said to be done twice and done once. */
export function submitForm(deps: Deps, submission: Submission): Promise<'done' | 'too_often'> {
  const { form, phone, ticket, typed } = submission;
  return runTx(deps.db, async (tx) => {
    const wording = await readWording(tx, { formId: form.id, version: ticket.version, language: ticket.language });
    if (wording === undefined)
      throw new Error(`form ${form.id} has no version ${ticket.version} in ${ticket.language}`);
    const contactId = await lockNumber(tx, phone);
    if (await isTooOften(tx, deps, submission)) return 'too_often';
    const fresh = await insertSubmission(tx, {
      id: deps.newUuid(),
      formId: form.id,
      ticketDigest: createHash('sha256').update(submission.ticketText).digest('hex'),
      phone,
      firstName: orNull(typed.firstName),
      lastName: orNull(typed.lastName),
      now: deps.clock.now(),
    });
    if (!fresh) return 'done';
    await recordGrant(tx, deps, submission, wording);
    const { purpose, laneId } = form;
    if (form.doubleOptIn) await askToConfirm(tx, deps, { phone, purpose, laneId, language: ticket.language });
    else if (contactId === null) await addSubscriber(tx, deps, phone);
    await notifyLive(tx, ['contacts', ...(contactId === null ? [] : [`contact:${contactId}`])]);
    return 'done';
  });
}

async function isTooOften(tx: Tx, { clock }: Deps, { form, phone }: Submission): Promise<boolean> {
  const now = clock.now();
  const counts = await countSubmissions(tx, {
    formId: form.id,
    phone,
    phoneSince: addMs(now, -SUBMISSIONS_PER_NUMBER_MS),
    formSince: addMs(now, -HOUR_MS),
    max: SUBMISSIONS_PER_HOUR_MAX,
  });
  return counts.ofNumber >= SUBMISSIONS_PER_NUMBER_MAX || counts.ofForm >= SUBMISSIONS_PER_HOUR_MAX;
}

async function recordGrant(tx: Tx, deps: Deps, submission: Submission, { wording, language }: FormWording) {
  const { form, phone, ticket, typed, formUrl, ip, userAgent } = submission;
  const version = `v${ticket.version}`;
  const recorded = await recordConsent(tx, deps, {
    action: 'grant',
    phone,
    purpose: form.purpose,
    kind: form.kind,
    evidence: {
      source: 'web_form',
      formUrl,
      formVersion: version,
      ip,
      ...(userAgent === undefined ? {} : { userAgent }),
      form: showId('optInForm', form.id),
      typed: typed.phone,
      box: 'ticked',
    },
    wording: { text: wording, version, language },
    needsConfirmation: form.doubleOptIn,
    validUntil: 'by_policy',
    occurredAt: deps.clock.now(),
    by: { actor: 'contact', name: `Form ${form.name}` },
  });
  if (!recorded.ok) throw new Error(`form ${form.id} was sent in and not recorded: ${recorded.error.message}`);
}

const orNull = (text: string): string | null => (text === '' ? null : text);
