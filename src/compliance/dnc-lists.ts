import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import type { AuditAction } from './audit-action.ts';
import { recordAudit } from './audit-store.ts';
import { type DncAge, type DncKind, dncAge } from './dnc-rules.ts';
import {
  type DncList,
  type DncVersion,
  getDncList,
  insertDncList,
  listDncLists,
  listDncVersions,
  retireDncList,
} from './dnc-store.ts';
import type { DncDeps } from './upload-dnc.ts';
import { wakeSomeForList } from './waiting-for-list.ts';

export interface DncListShown extends DncList {
  readonly age: DncAge;
  /** What it means for campaigns. */
  readonly sentence: string;
}

type By = { readonly actor: string; readonly name: string };

/** A new list has no version in force: one of a registry keeps cold texts back until it has. */
export async function createDncList(
  tx: Tx,
  { clock, newUuid }: Pick<DncDeps, 'clock' | 'newUuid'>,
  input: { readonly kind: DncKind; readonly name: string; readonly state: string | null; readonly by: By },
): Promise<Outcome<DncListShown>> {
  const { kind, name, state, by } = input;
  if ((kind === 'state') !== (state !== null))
    return invalid(
      kind === 'state' ? 'a list of a state needs its state, like TX' : `a ${kind} list is of no state; leave it out`,
    );
  const now = clock.now();
  const id = newUuid();
  if (!(await insertDncList(tx, { id, kind, name, state, createdBy: by.name, createdAt: now })))
    return conflict(`a do-not-call list is called "${name}" already; choose another name`);
  await audited(tx, { newUuid, now, by, id, action: 'dnc_list.created', detail: { kind, name, state } });
  return getShown(tx, id, now);
}

export async function retireList(
  tx: Tx,
  { clock, newUuid }: Pick<DncDeps, 'clock' | 'newUuid'>,
  input: { readonly id: Uuid; readonly by: By },
): Promise<Outcome<DncListShown>> {
  const now = clock.now();
  const list = await getDncList(tx, input.id);
  if (list === undefined) return noList(input.id);
  if (list.retiredAt === null) {
    await retireDncList(tx, input.id, now);
    await wakeSomeForList(tx, now);
    const detail = { name: list.name, numbers: list.numbers };
    await audited(tx, { newUuid, now, by: input.by, id: list.id, action: 'dnc_list.retired', detail });
  }
  return getShown(tx, input.id, now);
}

const noList = (id: Uuid) => notFound('do-not-call list', showId('dncList', id));

async function audited(
  tx: Tx,
  entry: {
    readonly newUuid: () => Uuid;
    readonly now: Instant;
    readonly by: By;
    readonly id: Uuid;
    readonly action: AuditAction;
    readonly detail: object;
  },
): Promise<void> {
  const { newUuid, now, by, id, action, detail } = entry;
  await recordAudit(tx, { id: newUuid(), at: now, actor: by.actor, action, subject: showId('dncList', id), detail });
}

async function getShown(db: Db | Tx, id: Uuid, now: Instant): Promise<Outcome<DncListShown>> {
  const list = await getDncList(db, id);
  return list === undefined ? noList(id) : ok(shownList(list, now));
}

export const readDncLists = async (db: Db | Tx, now: Instant): Promise<readonly DncListShown[]> =>
  (await listDncLists(db)).map((list) => shownList(list, now));

export async function readDncVersions(
  db: Db | Tx,
  listId: Uuid,
  limit: number,
): Promise<Outcome<readonly DncVersion[]>> {
  if ((await getDncList(db, listId)) === undefined) return noList(listId);
  return ok(await listDncVersions(db, listId, limit));
}

function shownList(list: DncList, now: Instant): DncListShown {
  const age = dncAge(list, now);
  return { ...list, age, sentence: list.retiredAt === null ? ageSentence(list, age) : 'Retired: no longer asked' };
}

function ageSentence({ kind, service }: DncList, age: DncAge): string {
  const isRegistry = kind === 'national' || kind === 'state';
  if (service !== null)
    return isRegistry
      ? 'Filled by a service: whoever it was not asked about lately is texted only with written consent or recent business'
      : 'Filled by a service';
  switch (age) {
    case 'missing':
      return isRegistry
        ? 'No file is in force: only people who agreed in writing or do business with us are texted'
        : 'No file is in force: nobody is kept back by it';
    case 'stale':
      return 'Too old: only people who agreed in writing or do business with us are texted until a newer file is uploaded';
    case 'ageing':
      return 'Soon too old: upload a newer file';
    case 'current':
      return 'In force';
  }
}
