import { afterEach, beforeEach } from 'vitest';
import type { Gateway, SendOutcome, WebhookEdge } from '../../src/gateways/gateway.ts';
import type { Instant } from '../../src/platform/time.ts';
import type { PostedWebhook } from '../webhook-receiver.ts';

/**
 * What every gateway adapter must do, whatever its wire format. Each case runs in a world of its own, over real HTTP, in which
 * time stands still until `step` moves it.
 */
export interface GatewayWorld {
  readonly gateway: Gateway;
  readonly edge: WebhookEdge;
  /** Same world, a key that nobody knows. */
  readonly strangerGateway: Gateway;
  /** Nobody listens at its address. */
  readonly unreachableGateway: Gateway;
  /** Gives up long before a slow answer comes. */
  readonly impatientGateway: Gateway;
  readonly lane: { readonly laneRef: string; readonly phone: string };
  readonly otherLane: { readonly laneRef: string; readonly phone: string };
  /** Ends as undelivered. */
  readonly deadNumber: string;
  readonly webhookUrl: string;
  readonly posts: readonly PostedWebhook[];
  /** What differs by wire, and is tested only where it is. */
  readonly wire: {
    /** The finest step of the times in its answers. */
    readonly resolutionMs: number;
    /** The signature covers the time of the post. */
    readonly signsTime: boolean;
    /** The keys that sign events can be changed by API. */
    readonly rotatesKeys: boolean;
    /** The list of numbers says whether they are registered. */
    readonly numbersTellRegistration: boolean;
    /** Its books have conversations beside texts and calls. */
    readonly hasConversations: boolean;
  };
  now(): Instant;
  suffer(fault: WireFault): void;
  refuse(refusal: WireRefusal | undefined): void;
  /** Requests that reached the gateway's server. */
  requests(): number;
  accepted(): readonly { readonly to: string; readonly text: string }[];
  personTexts(text: { readonly from: string; readonly to: string; readonly text: string }): Promise<void>;
  /** Somebody calls, and is answered or not; who is answered is recorded. */
  personCalls(call: { readonly from: string; readonly to: string }): void;
  /** Lets time pass, and whatever falls due. */
  pass(ms: number): Promise<void>;
  /** Lets the next thing happen; false when nothing is left. */
  step(): Promise<boolean>;
  close(): Promise<void>;
}

export type WireFault =
  | 'none'
  | 'request_lost'
  | 'answer_lost'
  | 'answer_cut'
  | 'answer_slow'
  | 'error_before_acceptance_or_after';

export type WireRefusal =
  | 'registration_missing'
  | 'no_credit'
  | 'subscription_expired'
  | 'sender_not_allowed'
  | 'daily_cap'
  | 'rate_limit_for_7_seconds'
  | 'rate_limit';

export type OpenWorld = () => Promise<GatewayWorld>;

export const PERSON = '+16175550142';

/** A new world for each test, and what most of them do in it. */
export function worldPerTest(openWorld: OpenWorld) {
  let world: GatewayWorld | undefined;
  const current = (): GatewayWorld => {
    if (world === undefined) throw new Error('no world is open: only tests have one');
    return world;
  };
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(() => current().close());
  return {
    get world(): GatewayWorld {
      return current();
    },
    sendTo: (to: string, text = 'Hi Sam, your estimate is ready.'): Promise<SendOutcome> =>
      current().gateway.send({ laneRef: current().lane.laneRef, to, text }),
    /** Texts that went out to one person. */
    async listed(since: Instant, to = PERSON): Promise<readonly string[]> {
      const answer = await current().gateway.listSent({ laneRef: current().lane.laneRef, to, since });
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value.map(({ text }) => text);
    },
    /** Lets everything happen that will. */
    async rest(): Promise<void> {
      while (await current().step());
    },
  };
}
