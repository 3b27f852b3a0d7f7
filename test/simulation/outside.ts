import type {
  Answer,
  DeliveryStatus,
  Gateway,
  GatewayEvent,
  GatewayMessage,
  SendOutcome,
  SendRequest,
} from '../../src/gateways/gateway.ts';
import { addMs, type Instant, isBefore } from '../../src/platform/time.ts';
import { memoryWebhooks } from '../memory-webhooks.ts';
import { NO_FAULTS, type OutsideFaults } from './outside-faults.ts';
import type { FaultKind, Tally } from './tally.ts';
import type { Actor, World } from './world.ts';

/**
 * The world outside: a gateway that loses, delays and refuses, carriers that report twice and in any order, and people who answer
 * at the worst moment. It knows nothing of the product but the port.
 */
/** `garbled`: cut short under a good signature; `forged`: whole, under none. */
export type HowDelivered = 'as it is' | 'garbled' | 'forged';

export interface Outside {
  gatewayFor(actor: Actor, account: string): Gateway;
  readonly accepted: readonly AcceptedText[];
  /** Begins of calls that hand over, whether they arrived or not. */
  readonly calls: readonly Call[];
  faults: OutsideFaults;
  /** Someone sends a text by themselves. */
  say(from: string, text: string): void;
}

export interface Call {
  /** Name of the worker. */
  readonly by: string;
  /** It has neither stood still so far nor had its clock set. */
  readonly steady: boolean;
  readonly account: string;
  readonly laneRef: string;
  readonly at: Instant;
  readonly to: string;
  readonly text: string;
}

export interface AcceptedText {
  readonly id: string;
  readonly account: string;
  readonly laneRef: string;
  readonly to: string;
  readonly text: string;
  readonly calledAt: Instant;
  readonly at: Instant;
  /** What the clock of the caller showed at that instant. */
  readonly atByCaller: Instant;
  status: DeliveryStatus;
}

/** When a request left, by the clock of the world, and by how much its caller's was ahead of that. */
interface Called {
  readonly at: Instant;
  readonly skewMs: number;
}

const TIME_OUT_MS = 15_000;
const NEWEST_PAGE = 50;
/** Requests in excess of this are refused; the product is told 8. */
const LIMIT_SHARE = 1.25;
const STOP_WORDS = ['STOP', 'stop', 'Unsubscribe', 'please stop texting me', 'Alto', 'wrong number'] as const;
const REPLIES = ['Thanks!', 'How much would it be?', 'Call me tomorrow', 'maybe later'] as const;

export function createOutside(options: {
  readonly world: World;
  readonly tally: Tally;
  readonly rateOf: (account: string) => number;
  readonly reportsEveryMs: number;
  readonly deliver: (account: string, event: GatewayEvent, how: HowDelivered) => void;
  readonly laneOf: (account: string) => { readonly laneRef: string; readonly phone: string };
}): Outside {
  const { world, tally } = options;
  const { random } = world;
  const accepted: AcceptedText[] = [];
  const calls: Call[] = [];
  const requests = new Map<string, number[]>();
  let faults: OutsideFaults = NO_FAULTS;
  let nextId = 1;
  const chance = (share: number): boolean => share > 0 && random.next() < share;
  const strikes = (share: number, kind: FaultKind): boolean => {
    const struck = chance(share);
    if (struck) tally.count(kind);
    return struck;
  };

  const event = (account: string, made: GatewayEvent, afterMs: number): void => {
    if (strikes(faults.eventLost, 'event lost')) {
      world.note(`lost ${made.type} ${made.eventId}`);
      return;
    }
    if (strikes(faults.eventGarbled, 'event garbled'))
      world.after(afterMs, `garbled ${made.eventId}`, () => options.deliver(account, made, 'garbled'));
    if (strikes(faults.eventForged, 'event forged'))
      world.after(afterMs, `forged ${made.eventId}`, () => options.deliver(account, made, 'forged'));
    const lateMs = faults.eventLateMs > 0 && strikes(0.2, 'event late') ? random.int(0, faults.eventLateMs) : 0;
    const times = strikes(faults.eventTwice, 'event twice') ? 2 : 1;
    for (let time = 0; time < times; time += 1)
      world.after(afterMs + lateMs + time * random.int(0, 5_000), `event ${made.type} ${made.eventId}`, () =>
        options.deliver(account, made, 'as it is'),
      );
  };

  /** In `ms`, or when the round comes that is next by then. */
  const untilRound = (ms: number): number => {
    const atMs = world.now().epochMilliseconds + ms;
    return ms + ((options.reportsEveryMs - (atMs % options.reportsEveryMs)) % options.reportsEveryMs);
  };

  const say = (account: string, from: string, text: string, laneRef: string, to: string): void => {
    const id = `IN${nextId++}`;
    const at = world.now();
    event(
      account,
      {
        type: 'message_received',
        eventId: `EV${id}`,
        gatewayMessageId: id,
        from,
        to: [to],
        laneRef,
        text,
        media: [],
        at,
      },
      random.int(1, 800),
    );
  };

  const live = (text: AcceptedText): void => {
    const failed = chance(0.05);
    world.after(random.int(200, 9_000), `carrier ${text.id}`, () => {
      text.status = failed ? 'undelivered' : 'delivered';
      if (chance(faults.reports))
        event(
          text.account,
          {
            type: 'message_status',
            eventId: `EV${text.id}`,
            gatewayMessageId: text.id,
            to: text.to,
            status: text.status,
            errorCode: undefined,
            at: world.now(),
          },
          untilRound(random.int(1, 500)),
        );
      const lane = options.laneOf(text.account);
      if (failed) return;
      if (strikes(faults.stops, 'a person stops'))
        say(text.account, text.to, random.pick([...STOP_WORDS]), text.laneRef, lane.phone);
      else if (chance(faults.replies)) say(text.account, text.to, random.pick([...REPLIES]), text.laneRef, lane.phone);
    });
  };

  const overLimit = (account: string): boolean => {
    const nowMs = world.now().epochMilliseconds;
    const recent = (requests.get(account) ?? []).filter((atMs) => atMs > nowMs - 1_000);
    recent.push(nowMs);
    requests.set(account, recent);
    return recent.length > Math.ceil(options.rateOf(account) * LIMIT_SHARE);
  };

  const refusedSender = (): SendOutcome => {
    const scope = random.pick<'lane' | 'account'>(['lane', 'lane', 'account']);
    tally.count(scope === 'lane' ? 'lane refused' : 'account refused');
    return {
      kind: 'refused_sender',
      scope,
      code: '0204403',
      message: 'no more texts from here',
      until: random.pick(['next_day', 'fixed']),
    };
  };

  const serve = (account: string, request: SendRequest, called: Called): SendOutcome => {
    if (overLimit(account) || strikes(faults.throttled, 'answer 429'))
      return { kind: 'throttled', reason: 'rate_limit', retryAfterMs: random.int(200, 3_000) };
    if (chance(faults.senderRefused)) return refusedSender();
    if (strikes(faults.refusedRecipient, 'recipient refused'))
      return {
        kind: 'refused_recipient',
        code: '0200400',
        message: 'refused',
        effect: random.pick(['none', 'opted_out', 'invalid_number']),
      };
    const early = strikes(faults.serverError / 2, 'answer 5xx');
    if (early) return { kind: 'unknown', detail: 'HTTP 500' };
    const text: AcceptedText = {
      id: `AC${nextId++}`,
      account,
      laneRef: request.laneRef,
      to: request.to,
      text: request.text,
      calledAt: called.at,
      at: world.now(),
      // By how much it was wrong then: a clock that is set while a request is on its way changes nothing about it.
      atByCaller: addMs(world.now(), called.skewMs),
      status: 'queued',
    };
    accepted.push(text);
    live(text);
    return strikes(faults.serverError / 2, 'answer 5xx')
      ? { kind: 'unknown', detail: 'HTTP 500' }
      : { kind: 'accepted', gatewayMessageId: text.id, status: 'queued' };
  };

  const send = (actor: Actor, account: string, request: SendRequest): Promise<SendOutcome> =>
    new Promise((resolve) => {
      const called = { at: world.now(), skewMs: actor.skewMs };
      calls.push({
        by: actor.name,
        steady: actor.steady,
        account,
        laneRef: request.laneRef,
        at: called.at,
        to: request.to,
        text: request.text,
      });
      const slow = strikes(faults.slow, 'slow answer');
      // A slow gateway may take a text after the caller has given up.
      const travelMs = slow ? random.int(500, 40_000) : random.int(1, 40);
      const answerMs = slow ? random.int(500, 20_000) : random.int(1, 40);
      let over = false;
      const answer = (outcome: SendOutcome): void => {
        if (over || !actor.alive) return;
        over = true;
        resolve(outcome);
      };
      world.after(TIME_OUT_MS, `${actor.name}: send times out`, () => {
        if (!over) tally.count('send timed out');
        answer({ kind: 'unknown', detail: 'no answer in 15 s' });
      });
      if (strikes(faults.requestLost, 'request lost')) {
        // Half of them are noticed at once, as a connection that breaks.
        if (chance(0.5))
          world.after(random.int(1, 50), 'connection breaks', () => answer({ kind: 'unknown', detail: 'reset' }));
        return;
      }
      const answerLost = strikes(faults.answerLost, 'answer lost');
      world.after(travelMs, `gateway hears ${request.to}`, () => {
        const outcome = serve(account, request, called);
        world.note(`gateway says ${outcome.kind} to ${request.to}`);
        if (answerLost) return;
        world.after(answerMs, `${actor.name}: answer about ${request.to}`, () => answer(outcome));
      });
    });

  const read = <T>(actor: Actor, account: string, label: string, give: () => T): Promise<Answer<T>> =>
    world.wait(
      actor,
      label,
      (): Answer<T> => {
        if (overLimit(account))
          return { ok: false, error: { kind: 'throttled', message: 'too many requests', retryAfterMs: 1_000 } };
        if (strikes(faults.readFails, 'reading failed'))
          return { ok: false, error: { kind: 'unavailable', message: 'HTTP 503' } };
        return { ok: true, value: give() };
      },
      { delayMs: random.int(1, 60) },
    );

  const shown = (text: AcceptedText, from: string): GatewayMessage => ({
    gatewayMessageId: text.id,
    direction: 'outbound',
    from,
    to: [text.to],
    text: text.text,
    status: text.status,
    createdAt: text.at,
  });

  return {
    accepted,
    calls,
    get faults() {
      return faults;
    },
    set faults(next) {
      faults = next;
    },
    say(from, text) {
      const account = 'one';
      const lane = options.laneOf(account);
      say(account, from, text, lane.laneRef, lane.phone);
    },
    gatewayFor: (actor, account) => ({
      kind: 'quo',
      send: (request) => send(actor, account, request),
      listSent: ({ laneRef, to, since }) =>
        read(actor, account, `lists ${to}`, () =>
          accepted
            .filter(
              (text) =>
                text.account === account && text.laneRef === laneRef && text.to === to && !isBefore(text.at, since),
            )
            .map((text) => shown(text, laneRef)),
        ),
      listNewest: ({ laneRef, since }) =>
        read(actor, account, `lists the newest of ${laneRef}`, () => ({
          messages: accepted
            .filter((text) => text.account === account && text.laneRef === laneRef && !isBefore(text.at, since))
            .slice(-NEWEST_PAGE)
            .map((text) => shown(text, laneRef))
            .reverse(),
          olderThan: undefined,
        })),
      getMessage: (id) =>
        read(actor, account, `asks for ${id}`, () => {
          const text = accepted.find((candidate) => candidate.id === id);
          return text === undefined ? undefined : shown(text, text.laneRef);
        }),
      listNumbers: () => read(actor, account, 'lists numbers', () => []),
      webhooks: memoryWebhooks(),
    }),
  };
}
