import { expect } from 'vitest';
import { markBlocked } from '../src/compliance/block-number.ts';
import { endOldConsents } from '../src/compliance/end-old-consents.ts';
import { lockNumber } from '../src/compliance/lock-number.ts';
import { fillFromGateway, forgetGatewayContact } from '../src/contacts/gateway-contact.ts';
import { importJob } from '../src/contacts/import-job.ts';
import { askToConfirm } from '../src/conversations/ask-to-confirm.ts';
import { inboxFixture } from '../src/conversations/inbox.fixture.ts';
import { runTx } from '../src/platform/database.ts';
import { parseId, showId } from '../src/platform/ids.ts';
import { addMs, MINUTE_MS } from '../src/platform/time.ts';
import type { ActRow, ActsWorld } from './acts-world.ts';

const AGREED = {
  action: 'grant',
  purpose: 'marketing',
  kind: 'express',
  evidence: { source: 'member', note: 'At the fair' },
  happenedAt: '2026-05-03T14:30:00-04:00',
};
const WRITTEN = {
  ...AGREED,
  kind: 'express_written',
  evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7', userAgent: 'Firefox' },
  wording: { text: 'I agree.', version: 'v1', language: 'en' },
};
const UNCONFIRMED = { ...WRITTEN, happenedAt: '2026-11-17T14:30:00Z', needsConfirmation: true };
/** Neither an opt-out nor anything else, as far as rules can tell. */
const UNCLEAR = 'no';

/** What comes of the texts of people, what is decided about them, and what is known of them. */
export function actsOfPeople(world: ActsWorld): readonly ActRow[] {
  const { db, services, owner, contact, hear, phone, laneId, events } = world;
  const inbox = inboxFixture(db, services.newUuid);
  const conversation = async (number: string, needsReview = false): Promise<string> => {
    const at = '2026-11-17T14:00:00Z';
    const made = { phone: number, at, waitingSince: at, needsReview };
    return showId('conversation', await (await inbox).conversation(made));
  };
  const inBook = { eventId: 'EVbook', gatewayContactId: 'CT1' };
  const NOBODY = { firstName: undefined, lastName: undefined, company: undefined, emails: [] };
  const openReview = async (): Promise<string> => {
    await hear(phone(), UNCLEAR);
    return (await owner.get('/v1/opt-out-reviews')).json.data[0].id;
  };
  return [
    [
      'a word that lifts an opt-out',
      async () => {
        const number = phone();
        await hear(number, 'STOP', 2);
        await hear(number, 'START');
      },
      { 'number.opted_in': { lifted: ['opt_out'], stillSuppressed: [], evidence: { text: 'START' } } },
      'contact',
    ],
    [
      'a word that finds nothing to lift',
      () => hear(phone(), 'START'),
      { 'number.opt_in_without_effect': { lifted: [], evidence: { text: 'START' } } },
      'contact',
    ],
    [
      'an opt-out that is repeated',
      async () => {
        const number = phone();
        await hear(number, 'STOP', 2);
        await hear(number, 'Stop!');
      },
      { 'number.suppressed_again': { reason: 'opt_out', channel: 'sms', evidence: { text: 'Stop!' } } },
      'contact',
    ],
    [
      'an opt-out that comes after the opt-in that the person said later',
      async () => {
        const number = phone();
        await hear(number, 'START');
        await hear(number, 'STOP', 2);
      },
      { 'number.opt_out_overtaken': { evidence: { text: 'STOP' }, overtakenBy: { text: 'START' } } },
      'contact',
    ],
    [
      'a confirmation that comes too late to be sent',
      () => hear(phone(), 'STOP', 6),
      {
        'confirmation.withheld': {
          confirmation: 'opt_out_confirmation',
          because: expect.stringContaining('minutes after it was received'),
        },
      },
      'system',
    ],
    ['an answer to HELP', () => hear(phone(), 'HELP'), { 'help.answered': { answer: 'given' } }, 'system'],
    [
      'a question whether an opt-in was theirs',
      async () => {
        const { id, phone: number } = await contact();
        await owner.post(`/v1/contacts/${id}/consents`, UNCONFIRMED);
        await runTx(db, async (tx) => {
          await lockNumber(tx, number);
          await askToConfirm(tx, services, { phone: number, laneId, purpose: 'marketing', language: 'en' });
        });
      },
      { 'opt_in.asked': { purpose: 'marketing', language: 'en', messageId: expect.stringMatching(/^msg_/) } },
      'system',
    ],
    [
      'its answer',
      async () => {
        const { id, phone: number } = await contact();
        await owner.post(`/v1/contacts/${id}/consents`, UNCONFIRMED);
        await hear(number, 'START');
      },
      { 'consent.confirmed': { purpose: 'marketing', source: 'keyword' } },
      'contact',
    ],
    [
      'a consent that has become too old',
      async () => {
        await owner.post(`/v1/contacts/${(await contact()).id}/consents`, AGREED);
        await owner.patch('/v1/consent-validity', { express: 3, alsoRecorded: true });
        await endOldConsents(services);
        await owner.patch('/v1/consent-validity', { express: null, alsoRecorded: false });
      },
      { 'consent.expired': { purpose: 'marketing' } },
      'system',
    ],
    [
      'a reply that may be an opt-out',
      () => hear(phone(), UNCLEAR),
      { 'opt_out_review.opened': { text: UNCLEAR, dueAt: expect.any(String) } },
      'contact',
    ],
    [
      'what a person decides about it',
      async () => owner.post(`/v1/opt-out-reviews/${await openReview()}/decide`, { decision: 'not_opt_out' }),
      { 'opt_out_review.decided': { decision: 'not_opt_out' } },
    ],
    [
      'a conversation that was read for opt-outs',
      async () => owner.patch(`/v1/conversations/${await conversation(phone(), true)}`, { reviewed: true }),
      { 'conversation.reviewed': { by: 'Olivia Owner' } },
    ],
    [
      'a reply that is not sent after all',
      async () => {
        const id = await conversation(phone());
        const sent = await owner.post(`/v1/conversations/${id}/messages`, { text: 'Tomorrow at nine' });
        return owner.post(`/v1/messages/${sent.json.id}/drop`, { reason: 'We called instead' });
      },
      { 'message.dropped': { reason: 'We called instead' } },
    ],
    [
      'what a person knows of a text whose answer was lost',
      async () => {
        const text = { phone: phone(), at: '2026-11-17T14:00:00Z', body: 'Nine', state: 'unknown', laneId };
        const id = showId('message', await (await inbox).message(text));
        return owner.post(`/v1/messages/${id}/settle`, { outcome: 'drop', reason: 'seen on the phone' });
      },
      { 'message.settled_by_hand': { outcome: 'drop', reason: 'seen on the phone' } },
    ],
    [
      'a number to which a carrier blocks texts',
      async () => {
        const { phone: number } = await contact();
        await runTx(db, (tx) => markBlocked(tx, services, { phone: number, evidence: { code: '30007' } }));
      },
      { 'number.blocked': { until: expect.any(String), evidence: { code: '30007' } } },
      'system',
    ],
    ['a contact', () => contact(), { 'contact.created': { by: 'Olivia Owner' } }],
    [
      'a change of one',
      async () => owner.patch(`/v1/contacts/${(await contact()).id}`, { lastName: 'Lee' }),
      { 'contact.changed': { by: 'Olivia Owner', fields: ['lastName'] } },
    ],
    [
      'a contact that leaves the address book of the gateway',
      async () => {
        const { phone: number } = await contact();
        const now = services.clock.now();
        await runTx(db, async (tx) => {
          await fillFromGateway(tx, services, events.accountId, {
            ...{ type: 'contact_updated', ...inBook, ...NOBODY, phones: [number], at: now },
          });
          await forgetGatewayContact(tx, services, events.accountId, {
            ...{ type: 'contact_deleted', ...inBook, at: addMs(now, MINUTE_MS) },
          });
        });
      },
      { 'contact.left_gateway': { gatewayContactId: 'CT1' } },
      'system',
    ],
    [
      'an import',
      async () => {
        const csv = `name,phone\nAnn,${phone()}\n`;
        const { id } = (await owner.post('/v1/imports?fileName=people.csv', csv, { 'content-type': 'text/csv' })).json;
        const data = { importId: parseId('import', id), by: { actor: 'user:usr_1', name: 'Olivia' } };
        await importJob(services).handle({ id: 'job', data, signal: new AbortController().signal } as never);
      },
      { 'import.completed': { created: 1 } },
    ],
    [
      'a list of opt-outs',
      async () =>
        owner.send('POST', '/v1/opt-outs/import?fileName=gone.csv', {
          body: `phone\n${phone()}\n`,
          headers: { 'content-type': 'text/csv' },
        }),
      { 'opt_outs.imported': { rows: 1, optedOut: 1, by: 'Olivia Owner' } },
    ],
  ];
}
