import { describe, expect, it } from 'vitest';
import { httpWorld } from '../../../test/http-world.ts';
import { inboxFixture } from '../../conversations/inbox.fixture.ts';
import { showId } from '../../platform/ids.ts';
import { registerCallRoutes } from './call-routes.ts';
import { registerInboxRoutes } from './inbox-routes.ts';

const world = await httpWorld({ registrars: [registerCallRoutes, registerInboxRoutes] });
const owner = await world.owner();
const fixture = await inboxFixture(world.database.db, world.services.newUuid);
const PHONE = '+16175550123';

const contactId = await fixture.contact({ phone: PHONE, firstName: 'Maria' });
const missed = await fixture.call({ phone: PHONE, at: '2026-11-17T10:00:00Z', state: 'missed', voicemail: 'Call me' });
const talk = await fixture.call({ phone: PHONE, at: '2026-11-17T11:00:00Z', state: 'completed', durationSeconds: 240 });
const other = await fixture.call({ phone: '+442079460000', at: '2026-11-17T12:00:00Z', state: 'missed' });
const ids = async (query: string) => {
  const answer = await owner.get(`/v1/calls${query}`);
  return answer.json.data.map((call: { readonly id: string }) => call.id);
};
const shown = (...calls: readonly string[]) => calls.map((id) => showId('call', id));

describe('calls over HTTP', () => {
  it.each<[string, string, readonly string[]]>([
    ['are listed, the newest first', '', [other, talk, missed]],
    ['those that were missed', '?missed=yes', [other, missed]],
    ['those of a contact', `?contactId=${showId('contact', contactId)}`, [talk, missed]],
    ['those of a number in any spelling', '?phone=(617)%20555-0123', [talk, missed]],
    ['also of a country that we do not text', '?phone=%2B442079460000', [other]],
    ['those of a lane', `?laneId=${showId('lane', fixture.laneId)}&limit=1`, [other]],
    ['those of a time', '?from=2026-11-17T06:00:00-05:00&until=2026-11-17T12:00:00Z', [talk]],
  ])('%s', async (_case, query, expected) => expect(await ids(query)).toEqual(shown(...expected)));

  it('are shown one by one, in words and facts', async () => {
    const { status, json } = await owner.get(`/v1/calls/${showId('call', missed)}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      title: 'Voicemail 0:23',
      state: 'missed',
      name: 'Maria',
      laneName: 'Main line',
      at: '2026-11-17T10:00:00Z',
      voicemail: { url: null, durationSeconds: 23, transcript: 'Call me' },
      recordings: [],
      summary: null,
      lines: [],
    });
    expect((await owner.get(`/v1/calls/${showId('call', world.services.newUuid())}`)).status).toBe(404);
  });

  it.each(['?missed=maybe', '?from=yesterday', '?phone=', '?cursor=zzz', '?laneId=main'])('refuse %s', async (query) =>
    expect((await owner.get(`/v1/calls${query}`)).status).toBe(422),
  );

  it('stand in the thread of their conversation', async () => {
    const id = await fixture.conversation({ phone: PHONE, at: '2026-11-17T11:00:00Z' });
    await fixture.message({ phone: PHONE, at: '2026-11-17T10:30:00Z', body: 'Hello?', direction: 'inbound' });
    const { json } = await owner.get(`/v1/conversations/${showId('conversation', id)}/messages`);
    expect(
      json.data.map((entry: { kind: string; title?: string; text?: string }) => [
        entry.kind,
        entry.title ?? entry.text,
      ]),
    ).toEqual([
      ['call', 'Call 4 min'],
      ['text', 'Hello?'],
      ['call', 'Voicemail 0:23'],
    ]);
  });
});
