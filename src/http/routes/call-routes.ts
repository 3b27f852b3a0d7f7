import type { Call } from '../../calls/call.ts';
import { callWords } from '../../calls/call-words.ts';
import { getCall, listCalls } from '../../calls/list-calls.ts';
import { parsePhone } from '../../contacts/phone.ts';
import { showId } from '../../platform/ids.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/calls.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';

export function registerCallRoutes(api: Api, services: Pick<Services, 'database'>): void {
  const { db } = services.database;
  api.handle(contract.listCalls, async ({ query }) => {
    const { missed, laneId, contactId, phone, from, until, cursor, limit } = query;
    const page = await listCalls(db, {
      filters: {
        missed: missed === undefined ? undefined : missed === 'yes',
        laneId: laneId === undefined ? undefined : uuidOf('lane', laneId),
        contactId: contactId === undefined ? undefined : uuidOf('contact', contactId),
        phone: phone === undefined ? undefined : storedPhone(phone),
        from,
        until,
      },
      cursor,
      limit,
    });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showCall) }) : page;
  });
  api.handle(contract.getCall, async ({ params }) => {
    const found = await getCall(db, uuidOf('call', params.id));
    return found.ok ? ok({ ...showCall(found.value.call), lines: found.value.lines }) : found;
  });
}

/** Calls come from everywhere, also from where we text nobody: what is no number of ours to text is looked for as it is written. */
function storedPhone(text: string): string {
  const phone = parsePhone(text);
  return phone.ok ? phone.value : text;
}

const shownId = <K extends 'contact' | 'lane' | 'conversation'>(kind: K, id: string | null) =>
  id === null ? null : showId(kind, id);

export const showCall = (call: Call) => ({
  ...call,
  id: showId('call', call.id),
  title: callWords(call),
  contactId: shownId('contact', call.contactId),
  laneId: shownId('lane', call.laneId),
  conversationId: shownId('conversation', call.conversationId),
  at: isoText(call.at),
  answeredAt: isoTextOrNull(call.answeredAt),
  endedAt: isoTextOrNull(call.endedAt),
});
