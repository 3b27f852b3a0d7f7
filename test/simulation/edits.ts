import { sql } from 'kysely';
import { addPeople } from '../../src/campaigns/add-people.ts';
import type { Campaign } from '../../src/campaigns/campaign.ts';
import { getCampaign } from '../../src/campaigns/campaign-store.ts';
import { changeCampaign } from '../../src/campaigns/change-sending.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../../src/campaigns/control-campaign.ts';
import type { CampaignChange } from '../../src/campaigns/manage-drafts.ts';
import { sendReply } from '../../src/conversations/send-reply.ts';
import { listLaneRows } from '../../src/gateways/account-store.ts';
import { changeAccount, changeLane } from '../../src/gateways/change-account.ts';
import type { LaneLimits } from '../../src/gateways/check-lane.ts';
import { type Db, runTx, type Tx } from '../../src/platform/database.ts';
import { showId, type Uuid } from '../../src/platform/ids.ts';
import { addMs } from '../../src/platform/time.ts';
import { agree, askToOptIn, erase, importList, mergeTwo, takeBack } from './edits-of-people.ts';
import type { PlannedEdit } from './plan.ts';
import { latecomersTag } from './prepare.ts';
import type { Asked } from './product.ts';
import type { MergedNumbers } from './same-person.ts';

/**
 * What people do while campaigns run, by the product's own use cases: each says whether it was done, or refused (a campaign is over, a
 * window would never open).
 */
export type Act = (asked: Asked) => Promise<
  | {
      readonly ok: boolean;
      readonly answered?: string;
      /** Nobody may text this number from then on, until its holder says START. */
      readonly leftAlone?: string;
      readonly merged?: MergedNumbers;
      /** Whose YES an opt-in waits for. */
      readonly asked?: string;
    }
  | undefined
>;

const PERSON = { actor: 'operator', actorName: 'Operator', reason: undefined } as const;

const pick = <T>(items: readonly T[], index: number): T | undefined => items[index % Math.max(1, items.length)];

/** The edit as an act; of a pause and of a number that is switched off, the act that ends it again follows by itself. */
export function actOf(
  edit: PlannedEdit,
  { laneIds, people }: { readonly laneIds: readonly Uuid[]; readonly people: readonly string[] },
): Act {
  const { kind, target, value } = edit;
  const lane = (change: Partial<LaneLimits>) => onLane(pick(laneIds, target), change);
  const campaign = (change: CampaignChange | ((now: Asked) => CampaignChange)) => onCampaign(target, change);
  switch (kind) {
    case 'pause':
      return control(pauseCampaign, target);
    case 'cancel':
      // Of one in four: a run without its campaigns shows little.
      return value % 4 === 0 ? control(cancelCampaign, target) : async () => undefined;
    case 'cap':
      return lane({ dailyCap: value });
    case 'throughput':
      return lane({ messagesPerSecond: value % 3 === 0 ? null : value / 4, partsPerSecond: value / 2 });
    case 'parts per day':
      return lane({ partsPerDay: value * 4 });
    case 'lane drained':
      return onLane(pick(laneIds, target), { state: 'draining' });
    case 'lane switched off':
      return onLane(pick(laneIds, target), { state: 'off' });
    case 'priority':
      return campaign({ priority: 1 + (value % 9) });
    case 'pace':
      return campaign({
        pace: value % 2 === 0 ? { maxPerHour: value } : { maxPerDay: value * 2, maxPerHour: value * 3 },
      });
    case 'window':
      return campaign({ windowStartMinute: 9 * 60 + value, windowEndMinute: 17 * 60 + value });
    case 'finish by':
      return campaign(({ clock }) => ({ pace: { finishBy: addMs(clock.now(), value * 60_000) } }));
    case 'pointless after':
      return campaign(({ clock }) => ({
        pointless: {
          after: addMs(clock.now(), value * 1_000),
          hoursAfterWindow: null,
          action: pick(['drop', 'ask', 'go_on'] as const, value) ?? 'drop',
        },
      }));
    case 'numbers':
      return campaign({ laneIds: value % 2 === 0 ? laneIds.slice(0, 1) : laneIds.slice(-2) });
    case 'people added':
      return addLatecomers(target);
    case 'reply':
      return reply(target, value);
    case 'consent given':
      return agree(target * 7 + value);
    case 'consent taken back':
      return takeBack(target * 7 + value);
    case 'person erased':
      return erase(target);
    case 'list imported':
      return async (asked) => {
        const imported = await importList(people, target)(asked);
        await addLatecomers(target)(asked);
        return imported;
      };
    case 'opt-in asked':
      return askToOptIn(target, value);
    case 'contacts merged':
      return mergeTwo(target, value);
    default:
      return kind satisfies never;
  }
}

/** What ends an edit that stops or begins something; undefined of all others. */
export function endOf({ kind, target, value }: PlannedEdit, laneIds: readonly Uuid[]): EndingAct | undefined {
  if (kind === 'pause') return { afterMs: 500 + value * 400, label: 'resume', act: resume(target) };
  // By then some have confirmed it.
  if (kind === 'opt-in asked')
    return { afterMs: 2_000 + value * 200, label: 'people are added', act: addLatecomers(target) };
  // Of one in eight it stays, into the quiet rest: each text of a spread campaign is a turn of its own.
  if (kind === 'finish by' && value % 8 !== 0)
    return {
      afterMs: 1_000 + value * 500,
      label: 'it need not be spread',
      act: spreadNoMore,
    };
  if (kind !== 'lane drained' && kind !== 'lane switched off') return undefined;
  return {
    afterMs: 1_000 + value * 500,
    label: 'the lane is switched on',
    act: onLane(pick(laneIds, target), { state: 'active' }),
  };
}

interface EndingAct {
  readonly afterMs: number;
  readonly label: string;
  readonly act: Act;
}

export const resume = (target: number): Act => control(resumeCampaign, target);

const onLane =
  (id: Uuid | undefined, change: Parameters<typeof changeLane>[1]['change']): Act =>
  async (asked) =>
    id === undefined ? undefined : changeLane(asked, { id, change, ...PERSON });

type Control = typeof cancelCampaign;

const control =
  (change: Control | typeof pauseCampaign, target: number): Act =>
  (asked) =>
    ofCampaign(asked, target, (tx, { id }) =>
      change(tx, asked, { id, shownId: showId('campaign', id), reason: undefined, actor: PERSON.actor }),
    );

const onCampaign =
  (target: number, change: CampaignChange | ((asked: Asked) => CampaignChange)): Act =>
  (asked) =>
    ofCampaign(asked, target, (tx, { id, revision }) =>
      changeCampaign(tx, asked, {
        id,
        shownId: showId('campaign', id),
        revision,
        change: typeof change === 'function' ? change(asked) : change,
        actor: PERSON.actor,
      }),
    );

/** In the transaction in which the campaign was read. */
const ofCampaign = <T>(
  { db }: Asked,
  target: number,
  act: (tx: Tx, campaign: Campaign) => Promise<T>,
): Promise<T | undefined> =>
  runTx(db, async (tx) => {
    const { rows } = await sql<{ id: Uuid }>`select id from campaign order by name`.execute(tx);
    const campaign = await getCampaign(tx, pick(rows, target)?.id ?? NOBODY);
    return campaign === undefined ? undefined : act(tx, campaign);
  });

const NOBODY = '00000000-0000-0000-0000-000000000000';

const addLatecomers =
  (target: number): Act =>
  (asked) =>
    ofCampaign(asked, target, (tx, { id, name }) =>
      addPeople(tx, asked, {
        campaignId: id,
        who: { kind: 'audience', rule: { tags: [latecomersTag(name)] } },
        actor: PERSON.actor,
      }),
    );

/** An agent answers in one of the conversations. Each text is another one, so that a checker can tell them apart. */
const reply =
  (target: number, value: number): Act =>
  async (asked) =>
    runTx(asked.db, async (tx) => {
      const { rows } = await sql<{
        id: Uuid;
        phone: string;
      }>`select id, phone from conversation order by phone, lane_id`.execute(tx);
      const conversation = pick(rows, target * 7 + value);
      if (conversation === undefined) return undefined;
      const text = `Answer ${asked.newUuid()} [reply]`;
      const sent = await sendReply(tx, asked, { conversationId: conversation.id, text, by: { name: 'Agent' } });
      return { ok: sent.ok, answered: conversation.phone };
    });

/** Limits let everybody through within days, everything that is off is on, and nothing becomes pointless any more. */
export const setRight: Act = async (asked) => {
  const { db } = asked;
  for (const lane of await listLaneRows(db)) {
    const change = {
      state: 'active',
      dailyCap: Math.max(lane.dailyCap, 120),
      partsPerDay: atLeast(lane.partsPerDay, 200),
      messagesPerSecond: atLeast(lane.messagesPerSecond, 50),
      partsPerSecond: atLeast(lane.partsPerSecond, 100),
    } as const;
    required(await changeLane(asked, { id: lane.id, change, ...PERSON }));
  }
  for (const id of await accountIds(db))
    required(await changeAccount(asked, { id, change: { state: 'active' }, ...PERSON }));
  await changeEach(asked, ({ pace, pointless }) => ({
    pace: { maxPerHour: atLeast(pace.maxPerHour, 150), maxPerDay: atLeast(pace.maxPerDay, 250) },
    ...(pointless?.action === 'ask' ? { pointless: null } : {}),
  }));
  return { ok: true };
};

/** Whichever is spread: campaigns may have come since the edit, before it in their order. */
const spreadNoMore: Act = async (asked) => {
  await changeEach(asked, ({ pace }) => (pace.finishBy === null ? undefined : { pace: { finishBy: null } }));
  return { ok: true };
};

async function changeEach(asked: Asked, changeOf: (campaign: Campaign) => CampaignChange | undefined): Promise<void> {
  const { db } = asked;
  const { rows } = await sql<{
    id: Uuid;
  }>`select id from campaign where state in ('running', 'paused') order by name`.execute(db);
  for (const { id } of rows) {
    const campaign = await getCampaign(db, id);
    const change = campaign === undefined ? undefined : changeOf(campaign);
    if (campaign === undefined || change === undefined) continue;
    const input = { id, shownId: showId('campaign', id), revision: campaign.revision, change, actor: PERSON.actor };
    // It may have ended meanwhile.
    await runTx(db, (tx) => changeCampaign(tx, asked, input));
  }
}

async function accountIds(db: Db): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`select id from gateway_account order by name, id`.execute(db);
  return rows.map(({ id }) => id);
}

/** A limit that there is; where there is none, none is set. */
const atLeast = (value: number | null, least: number): number | null =>
  value === null ? null : Math.max(value, least);

function required(outcome: { readonly ok: boolean }): void {
  if (!outcome.ok) throw new Error(`what was to be set right was refused: ${JSON.stringify(outcome)}`);
}
