import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { type HttpWorld, httpWorld } from '../../test/http-world.ts';
import { testFolder } from '../../test/test-folder.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { addProxyTarget } from '../webhooks/change-proxy.ts';
import { insertEvents } from '../webhooks/event-store.ts';
import { findEvents } from '../webhooks/find-events.ts';
import { spoolFolder, spoolIn } from '../webhooks/spool.ts';

const dataDir = await testFolder();

describe('metrics', () => {
  let world: HttpWorld;
  let account: string;
  let campaign: string;
  let accountId: Uuid;
  beforeAll(async () => {
    world = await httpWorld({ env: { TEXTWRIGHT_DATA_DIR: dataDir } });
    const { db } = world.database;
    await insertContacts(
      db,
      world.services,
      testPhones(3).map((phone) => ({ phone })),
    );
    const made = await insertAccount(db, world.services, {
      baseUrl: 'http://127.0.0.1:1',
      apiKey: 'key',
      lanes: [{ gatewayRef: 'PN1', phone: '+16175550001', dailyCap: 10 }],
    });
    accountId = made.id;
    account = showId('account', made.id);
    campaign = showId('campaign', await launchTestCampaign(db, world.services, { laneIds: made.laneIds }));
  });
  const scrape = async (): Promise<string> => {
    const owner = await world.owner();
    const answer = await owner.get('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain');
    return answer.json;
  };

  it('name what a running campaign waits for, and drop it when that is over', async () => {
    expect(await scrape()).toContain(`textwright_campaign_waiting{campaign="${campaign}",reason="no_worker"} 1`);
    await sql`insert into account_lease (account_id, owner, epoch, expires_at)
      values (${accountId}, 'w1', 1, ${world.services.clock.now()}::timestamptz + interval '10 s')`.execute(
      world.database.db,
    );
    expect(await scrape()).not.toContain('textwright_campaign_waiting{');
    await sql`update gateway_account set breaker_held_until = ${world.services.clock.now()}::timestamptz + interval '1 h'`.execute(
      world.database.db,
    );
    const throttled = await scrape();
    const labels = `{campaign="${campaign}",reason="throttled"}`;
    expect(throttled).toContain(`textwright_campaign_waiting${labels} 1`);
    const until = world.services.clock.now().epochMilliseconds / 1000 + 3600;
    expect(throttled).toContain(`textwright_campaign_waiting_until_timestamp_seconds${labels} ${until}`);
    expect(throttled).not.toContain('textwright_campaign_waiting_since_timestamp_seconds{');
    await sql`update gateway_account set breaker_held_until = null,
      breaker_open_since = ${world.services.clock.now()}, breaker_detail = 'HTTP 503'`.execute(world.database.db);
    const since = world.services.clock.now().epochMilliseconds / 1000;
    expect(await scrape()).toContain(
      `textwright_campaign_waiting_since_timestamp_seconds{campaign="${campaign}",reason="breaker_open"} ${since}`,
    );
    await sql`update gateway_account set breaker_open_since = null, breaker_detail = null`.execute(world.database.db);
  });

  it('count people, and tell how accounts stand', async () => {
    const text = await scrape();
    expect(text).toContain(`textwright_campaign_people{campaign="${campaign}",state="pending"} 3`);
    expect(text).toContain('textwright_campaigns_not_looked_at 0');
    expect(text).toContain(`textwright_account_held{account="${account}"} 1`);
    expect(text).toContain(`textwright_account_breaker_open{account="${account}"} 0`);
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('tell what is forwarded to developers, and how far behind that is', async () => {
    const { db } = world.database;
    const { clock, newUuid, secrets, random } = world.services;
    const input = {
      accountId,
      url: 'http://127.0.0.1:3000/',
      allowedCidrs: ['127.0.0.1'],
      eventTypes: [],
      actor: 'test',
    };
    const added = await addProxyTarget({ db, clock, newUuid, secrets, random }, input);
    if (!added.ok) throw new Error(added.error.message);
    const target = showId('proxyTarget', added.value.target.id);
    expect(await scrape()).toContain(`textwright_proxy_lag_seconds{target="${target}"} 0`);
    const event = { accountId, type: 'message.received', phone: null, orderKey: null, payload: '{}', headers: {} };
    const kept = { receivedAt: clock.now(), source: 'webhook', signedBy: null, unreadable: null } as const;
    await insertEvents(
      db,
      [1, 2].map((n) => ({ ...event, ...kept, id: newUuid(), eventId: `EV${n}` })),
    );
    await world.clock.advance(90_000);
    expect(await scrape()).toContain(`textwright_proxy_lag_seconds{target="${target}"} 90`);
    await findEvents({ db, clock }, added.value.target.id);
    const text = await scrape();
    expect(text).toContain(`textwright_proxy_deliveries{target="${target}",state="waiting"} 2`);
    expect(text).toContain(`textwright_proxy_lag_seconds{target="${target}"} 90`);
    expect(text).toContain(`textwright_proxy_active{target="${target}"} 1`);
  });

  it('tell what waits on the disk, and for how long', async () => {
    const { clock, newUuid } = world.services;
    expect(await scrape()).toContain('textwright_spool_events 0');
    const event = { accountId, type: 'message.received', phone: null, orderKey: null, payload: '{}', headers: {} };
    const kept = { receivedAt: clock.now(), source: 'webhook', signedBy: null, unreadable: null } as const;
    await spoolIn(spoolFolder(dataDir)).write(newUuid(), [{ ...event, ...kept, id: newUuid(), eventId: 'EV3' }]);
    await world.clock.advance(30_000);
    const text = await scrape();
    expect(text).toContain('textwright_spool_events 1');
    expect(text).toContain('textwright_spool_files{state="readable"} 1');
    expect(text).toContain('textwright_spool_files{state="damaged"} 0');
    expect(text).toContain('textwright_spool_oldest_seconds 30');
  });

  it('are for those who sign in', async () => expect((await world.client().get('/metrics')).status).toBe(401));
});
