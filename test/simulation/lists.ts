import { sql } from 'kysely';
import { REGISTRY_CHANGE_COLUMNS } from '../../src/compliance/dnc-file.ts';
import { createDncList } from '../../src/compliance/dnc-lists.ts';
import { type DncDeps, uploadDnc } from '../../src/compliance/upload-dnc.ts';
import { type Db, runTx } from '../../src/platform/database.ts';
import type { Uuid } from '../../src/platform/ids.ts';
import { instant, instantFromMs } from '../../src/platform/time.ts';
import type { ListChecks } from './check-lists.ts';
import type { PlannedFile, PlannedList } from './draw-lists.ts';
import type { Plan } from './plan.ts';
import type { Product } from './product.ts';
import type { Tally } from './tally.ts';
import type { World } from './world.ts';

/** Who keeps the do-not-call lists: gives their files in by the product's own upload, one after the other, until each has its answer. */
export interface ListKeepers {
  /** What is in force before anything begins. */
  begin(setup: DncDeps): Promise<void>;
  /** The later files of the plan, each for its instant. */
  readonly later: readonly { readonly atMs: number; readonly giveIn: () => void }[];
  /** Every list that there is once more, of today. */
  renew(): void;
}

/** A file as it is given in. */
interface GivenFile {
  readonly lines: readonly string[];
  readonly isWhole: boolean;
  readonly phones: ReadonlySet<string>;
  readonly dataOfMs: number;
  readonly breaksOff: boolean;
}

type MakeFile = () => GivenFile | undefined;

const TRIES_WITHOUT_END = 1_000;
const BY = { actor: 'operator', name: 'Operator' } as const;

export function createListKeepers(run: {
  readonly world: World;
  readonly db: Db;
  readonly plan: Plan;
  readonly product: Product;
  readonly tally: Tally;
  readonly checks: ListChecks;
  readonly people: readonly string[];
  readonly mistake: (sentence: string) => void;
}): ListKeepers {
  const keepers = run.plan.lists.map((list) => createKeeper(list, run));
  return {
    async begin(setup) {
      for (const keeper of keepers) await keeper.begin(setup);
    },
    later: keepers.flatMap(({ later }) => later),
    renew: () => {
      for (const keeper of keepers) keeper.renew();
    },
  };
}

function createKeeper({ kind, files }: PlannedList, run: Parameters<typeof createListKeepers>[0]): ListKeepers {
  const { world, db, plan, product, tally, checks } = run;
  const startsAtMs = instant(plan.startsAt).epochMilliseconds;
  let phones: ReadonlySet<string> = new Set();
  let dataOfMs = Number.NEGATIVE_INFINITY;
  const queue: MakeFile[] = [];

  const listId = async ({ db: by, ...deps }: DncDeps): Promise<Uuid> => {
    const { rows } = await sql<{ id: Uuid }>`select id from dnc_list where name = ${kind}`.execute(by);
    if (rows[0] !== undefined) return rows[0].id;
    const made = await runTx(by, (tx) => createDncList(tx, deps, { kind, name: kind, state: null, by: BY }));
    if (!made.ok) throw new Error(made.error.message);
    return made.value.id;
  };

  const upload = async (asked: DncDeps, file: GivenFile) =>
    uploadDnc(asked, {
      listId: await listId(asked),
      fileName: `${kind}.txt`,
      format: file.isWhole ? { kind: 'numbers' } : { kind: 'changes', columns: REGISTRY_CHANGE_COLUMNS },
      chunks: chunksOf(file),
      asOf: instantFromMs(file.dataOfMs),
      refusedMax: 0,
      maySmaller: true,
      by: BY,
    });

  /** From the answer on it is in force, and nothing of one that broke off ever is. */
  const answered = (done: Awaited<ReturnType<typeof upload>>, file: GivenFile, inForce: (nowMs: number) => void) => {
    if (done.ok === file.breaksOff)
      run.mistake(
        `do not call: a file of ${kind} ${done.ok ? 'broke off and is in force' : `was refused: ${done.error.message}`}`,
      );
    tally.count(`do-not-call ${file.breaksOff ? 'file broken off' : file.isWhole ? 'list' : 'changes'}`);
    if (!done.ok) return;
    ({ phones, dataOfMs } = file);
    inForce(world.now().epochMilliseconds);
  };

  const isOver = (): void => {
    queue.shift();
    if (queue.length > 0) giveNext();
  };
  const giveNext = (): void => {
    const file = queue[0]?.();
    if (file === undefined) {
      isOver();
      return;
    }
    const inForce = file.breaksOff ? () => undefined : checks.givenIn(kind, { kind, ...file });
    product.ask(
      `a file of ${kind}`,
      async (asked) => {
        const { rows } = await sql`select from enrollment where waits_for is not null limit 1`.execute(db);
        if (rows.length > 0) tally.count('wait for a do-not-call list');
        answered(await upload(asked, file), file, inForce);
        isOver();
      },
      { tries: TRIES_WITHOUT_END },
    );
  };
  const giveIn = (make: MakeFile): void => {
    queue.push(make);
    if (queue.length === 1) giveNext();
  };

  const planned = (file: PlannedFile): GivenFile => {
    const named = new Set(file.people.map((person) => personOf(run.people, person)));
    const off = file.takesOff === null ? [] : [...phones].filter((phone) => !named.has(phone)).slice(0, file.takesOff);
    const kept = [...phones].filter((phone) => !off.includes(phone));
    const isWhole = file.takesOff === null;
    return {
      lines: isWhole
        ? [...named].map((phone) => phone.slice(2))
        : [...[...named].map((phone) => changeOf(phone, 'A')), ...off.map((phone) => changeOf(phone, 'D'))],
      isWhole,
      phones: isWhole ? named : new Set([...kept, ...named]),
      dataOfMs: Math.max(dataOfMs, startsAtMs + file.dataOfMs),
      breaksOff: file.breaksOff,
    };
  };
  const again = (): GivenFile | undefined =>
    phones.size === 0
      ? undefined
      : {
          lines: [...phones].map((phone) => phone.slice(2)),
          isWhole: true,
          phones,
          dataOfMs: world.now().epochMilliseconds,
          breaksOff: false,
        };

  return {
    async begin(setup) {
      for (const file of files.filter(({ atMs }) => atMs === 0).map(planned))
        answered(await upload(setup, file), file, checks.givenIn(kind, { kind, ...file }));
    },
    later: files
      .filter(({ atMs }) => atMs > 0)
      .map((file) => ({ atMs: file.atMs, giveIn: () => giveIn(() => planned(file)) })),
    renew: () => giveIn(again),
  };
}

/** The first of them is on no list: a small campaign must reach somebody, or its launch is refused. */
const personOf = (people: readonly string[], person: number): string =>
  people[1 + (person % (people.length - 1))] ?? '';

const changeOf = (phone: string, change: 'A' | 'D'): string =>
  `${phone.slice(2, 5)},${phone.slice(5)},2026-01-01,${change}`;

async function* chunksOf({ lines, breaksOff }: GivenFile): AsyncGenerator<Uint8Array> {
  const half = Math.ceil(lines.length / 2);
  yield Buffer.from(lines.slice(0, half).map(lineOf).join(''));
  if (breaksOff) throw new Error('the line is dead');
  yield Buffer.from(lines.slice(half).map(lineOf).join(''));
}

const lineOf = (line: string): string => `${line}\n`;
