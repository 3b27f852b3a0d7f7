import { type Instant, instantFromMs } from '../../platform/time.ts';
import { type Carrier, receiveCall, receiveText, resumeCarrier, writeInApp } from './carrier.ts';
import { drawsFor } from './draws.ts';
import { type Change, memoryJournal, openJournal } from './journal.ts';
import { DEFAULT_FAULTS, type Faults, type Refusal, type SandboxOptions } from './options.ts';
import { DEFAULT_PEOPLE } from './people.ts';
import { apiRoutes } from './routes.ts';
import { startScheduler } from './scheduler.ts';
import { type ApiServer, startApiServer } from './server.ts';
import { startWebhookDispatcher } from './webhook-dispatcher.ts';
import {
  applyChange,
  emptyWorld,
  type InboundMessage,
  type Lane,
  type Message,
  type OutboundMessage,
  type SandboxCall,
  type World,
} from './world.ts';

/**
 * The outside world on loopback: a provider that speaks the v1 API and signed v4 webhooks, carriers that lose texts, and people
 * who answer. Nothing of the product is imported here: what they share is the wire.
 */
export interface Sandbox {
  readonly url: string;
  /** Everything that the API has taken, in order. */
  accepted(): readonly AcceptedText[];
  /** Everything that people have sent, in order. */
  inbound(): readonly InboundText[];
  /** A person texts one of our numbers now. */
  personTexts(text: { readonly from: string; readonly to: string; readonly text: string }): Promise<InboundText>;
  /** Somebody of the business texts from one of its numbers by hand, in the provider's own app; returns the id of the text. */
  staffTexts(text: { readonly from: string; readonly to: string; readonly text: string }): string;
  /** All texts, both ways and whoever sent them, in order. */
  texts(): readonly BookedText[];
  /** All calls that have ended, in order. */
  endedCalls(): readonly BookedCall[];
  /** A person calls one of our numbers now; returns the id of the call. */
  personCalls(call: { readonly from: string; readonly to: string }): string;
  /** Resolves when nothing is left to happen: no delivery, reply or webhook. Time has to pass meanwhile. */
  idle(): Promise<void>;
  /** Resolves when nothing that is due now is left, webhooks under way included; what lies ahead may be left. */
  quiet(): Promise<void>;
  /** Things that are still to happen. */
  pending(): number;
  /** When the next of them is due. */
  nextDueAt(): Instant | undefined;
  /** API requests that came in, whatever became of them. */
  requests(): number;
  /** Replaces all faults; `{}` is a perfect network. */
  setFaults(faults: Faults): void;
  setRefusals(refusals: readonly Refusal[]): void;
  /** Lets the answers under way finish, then stops. */
  close(): Promise<void>;
  /** Like kill -9: connections break, nothing more is written. */
  crash(): Promise<void>;
}

export interface AcceptedText {
  readonly id: string;
  /** Index into the accounts of the options. */
  readonly account: number;
  readonly laneRef: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly acceptedAt: Instant;
  readonly status: 'queued' | 'sent' | 'delivered' | 'undelivered';
}

export interface BookedText {
  readonly id: string;
  readonly account: number;
  readonly direction: 'outbound' | 'inbound';
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly at: Instant;
  readonly status: 'queued' | 'sent' | 'delivered' | 'undelivered' | 'received';
}

export interface BookedCall {
  readonly id: string;
  readonly account: number;
  readonly from: string;
  readonly to: string;
  readonly at: Instant;
  readonly answeredAt: Instant | undefined;
  readonly endedAt: Instant;
  readonly hasVoicemail: boolean;
  /** The provider has made a recording, a summary and a transcript of it. */
  readonly isTranscribed: boolean;
}

export interface InboundText {
  readonly id: string;
  readonly account: number;
  readonly laneRef: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly sentAt: Instant;
  /** When its webhook was first answered 2xx. */
  readonly answeredAt: Instant | undefined;
}

const REQUESTS_PER_SECOND = 10;
const WEBHOOKS_IN_FLIGHT_MAX = 20;
const WEBHOOK_ANSWER_TIMEOUT_MS = 10_000;

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock, seed } = options;
  const world = emptyWorld(options.accounts);
  const mutable = { faults: options.faults ?? DEFAULT_FAULTS, refusals: options.refusals ?? [] };
  const recording = startRecording(options, world);
  const rest = restWatch();
  const scheduler = startScheduler({ clock, afterEach: rest.notice });
  const dispatcher = startWebhookDispatcher({
    clock,
    world,
    scheduler,
    record: recording.append,
    inFlightMax: options.webhooks?.inFlightMax ?? WEBHOOKS_IN_FLIGHT_MAX,
    answerTimeoutMs: options.webhooks?.answerTimeoutMs ?? WEBHOOK_ANSWER_TIMEOUT_MS,
    afterEach: rest.notice,
  });
  const carrier: Carrier = {
    clock,
    seed,
    world,
    scheduler,
    dispatcher,
    model: { ...DEFAULT_PEOPLE, ...options.people },
    record: recording.append,
    faults: () => mutable.faults,
    providerSendsOptOutConfirmation: options.providerSendsOptOutConfirmation ?? false,
  };
  const requestsPerSecond = options.limits?.requestsPerSecond ?? REQUESTS_PER_SECOND;
  const api = await startApiServer({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    clock,
    random: drawsFor(seed, 'network'),
    faults: () => mutable.faults,
    answer: apiRoutes({ carrier, requestsPerSecond, refusals: () => mutable.refusals }),
  }).catch((error: unknown) => {
    recording.close();
    throw error;
  });
  resumeCarrier(carrier, options.spontaneous ?? []);
  return sandboxOf({ carrier, api, recording, rest, mutable });
}

interface Parts {
  readonly carrier: Carrier;
  readonly api: ApiServer;
  readonly recording: Recording;
  readonly rest: RestWatch;
  readonly mutable: { faults: Faults; refusals: readonly Refusal[] };
}

function sandboxOf({ carrier, api, recording, rest, mutable }: Parts): Sandbox {
  const { world, scheduler, dispatcher, clock } = carrier;
  const pending = (): number => scheduler.size + dispatcher.active;
  const dueInMs = (): number => (scheduler.nextDueMs ?? Number.POSITIVE_INFINITY) - clock.now().epochMilliseconds;
  let stopping: Promise<void> | undefined;
  const stop = (stopApi: () => Promise<void>): Promise<void> => {
    scheduler.stop();
    dispatcher.stop();
    stopping ??= stopApi().then(() => recording.close());
    return stopping;
  };
  return {
    url: api.url,
    accepted: () => acceptedTexts(world),
    inbound: () => [...world.inbound.values()].map(inboundText),
    personTexts: async (text) => personTexts(carrier, text),
    staffTexts: ({ from, to, text }) => writeInApp(carrier, { lane: laneWith(world, from), to, text }).id,
    texts: () => [...world.messagesOf.flat()].sort((a, b) => a.position - b.position).map(bookedText),
    endedCalls: () => [...world.calls.values()].filter(({ stage }) => stage !== 'ringing').map(bookedCall),
    personCalls: ({ from, to }) => receiveCall(carrier, { lane: laneWith(world, to), from }).id,
    idle: () => rest.until(() => pending() === 0),
    quiet: () => rest.until(() => dispatcher.active === 0 && dueInMs() > 0),
    pending,
    nextDueAt: () => (scheduler.nextDueMs === undefined ? undefined : instantFromMs(scheduler.nextDueMs)),
    requests: () => api.requests,
    setFaults: (faults) => {
      mutable.faults = faults;
    },
    setRefusals: (refusals) => {
      mutable.refusals = refusals;
    },
    close: () => stop(api.close),
    crash: () => stop(api.kill),
  };
}

interface RestWatch {
  /** Called after everything that happens. */
  notice(): void;
  until(condition: () => boolean): Promise<void>;
}

function restWatch(): RestWatch {
  const waiting = new Set<() => void>();
  return {
    notice: () => {
      for (const look of waiting) look();
    },
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** The only way to change the world. */
interface Recording {
  append(change: Change): void;
  close(): void;
}

/** Reads the journal into the world, or begins it. */
function startRecording(options: SandboxOptions, world: World): Recording {
  const { journalPath, seed, clock } = options;
  const { journal, changes } =
    journalPath === undefined ? { journal: memoryJournal, changes: [] } : openJournal(journalPath);
  for (const change of changes) applyChange(world, change);
  const append = (change: Change): void => {
    journal.append(change);
    applyChange(world, change);
  };
  const started = changes[0]?.[0];
  if (started === undefined) append([{ kind: 'started', version: 1, seed, atMs: clock.now().epochMilliseconds }]);
  else if (started.kind === 'started' && started.seed !== seed)
    throw new Error(`${journalPath}: written with seed ${started.seed}, got ${seed}; people would change their minds`);
  return { append, close: journal.close };
}

const acceptedTexts = (world: World): readonly AcceptedText[] =>
  [...world.outbound.values()].filter(({ origin }) => origin === 'api').map(acceptedText);

const acceptedText = (message: OutboundMessage): AcceptedText => ({
  id: message.id,
  account: message.account,
  laneRef: message.laneRef,
  from: message.from,
  to: message.to,
  text: message.text,
  acceptedAt: instantFromMs(message.atMs),
  status: message.status,
});

const bookedText = (message: Message): BookedText => ({
  id: message.id,
  account: message.account,
  direction: message.kind,
  from: message.from,
  to: message.to,
  text: message.text,
  at: instantFromMs(message.atMs),
  status: message.status,
});

const bookedCall = (call: SandboxCall): BookedCall => ({
  id: call.id,
  account: call.account,
  from: call.from,
  to: call.to,
  at: instantFromMs(call.atMs),
  answeredAt: call.answeredAtMs === undefined ? undefined : instantFromMs(call.answeredAtMs),
  endedAt: instantFromMs(call.endedAtMs),
  hasVoicemail: call.voicemail !== undefined,
  isTranscribed: call.stage === 'transcribed',
});

const inboundText = (message: InboundMessage): InboundText => ({
  id: message.id,
  account: message.account,
  laneRef: message.laneRef,
  from: message.from,
  to: message.to,
  text: message.text,
  sentAt: instantFromMs(message.atMs),
  answeredAt: message.answeredAtMs === undefined ? undefined : instantFromMs(message.answeredAtMs),
});

function personTexts(
  carrier: Carrier,
  { from, to, text }: { readonly from: string; readonly to: string; readonly text: string },
): InboundText {
  const lane = laneWith(carrier.world, to);
  return inboundText(receiveText(carrier, { lane, from, text, cause: { kind: 'asked_for' } }));
}

function laneWith(world: World, phone: string): Lane {
  const lane = world.laneByPhone.get(phone);
  if (lane === undefined) throw new Error(`sandbox: nobody of ours has the number ${phone}`);
  return lane;
}
