import type { GatewayKind } from '../gateways/gateway.ts';
import {
  generationsOf,
  isQuoEventType,
  QUO_EVENT_TYPES,
  type QuoEventType,
  type QuoGeneration,
} from '../gateways/quo/quo-payload-facts.ts';
import {
  isTwilioEventType,
  TWILIO_EVENT_TYPES,
  type TwilioEventType,
} from '../gateways/twilio/twilio-payload-types.ts';
import { UsageError } from './shell.ts';
import type { FakeOptions } from './webhook-fake-options.ts';

/** What is to be made up: the gateway is that of the account, or the one that was named. */
export type FakeEvent =
  | { readonly gateway: 'quo'; readonly type: QuoEventType; readonly generation: QuoGeneration }
  | { readonly gateway: 'twilio'; readonly type: TwilioEventType; readonly generation: null };

/** Every type of both gateways. */
export const FAKE_EVENT_TYPES: readonly {
  readonly type: string;
  readonly gateway: GatewayKind;
  readonly generations: readonly QuoGeneration[];
}[] = [
  ...Object.keys(QUO_EVENT_TYPES)
    .filter(isQuoEventType)
    .map((type) => ({ type, gateway: 'quo' as const, generations: generationsOf(type) })),
  ...Object.keys(TWILIO_EVENT_TYPES).map((type) => ({ type, gateway: 'twilio' as const, generations: [] })),
];

/** Before the gateway is known: a type that one of them has. */
export function requireSomeType(type: string | undefined): string {
  if (type === undefined) throw new UsageError('no type of event: name one, or see them all with --list');
  if (isQuoEventType(type) || isTwilioEventType(type)) return type;
  throw new UsageError(`no type of event is called "${type}": --list names them all`);
}

export function fakeEvent(gateway: GatewayKind, type: string, options: FakeOptions): FakeEvent {
  if (gateway === 'quo') {
    if (!isQuoEventType(type)) throw notOf('Quo', 'quo', type);
    if (options.unanswered && type !== 'call.completed')
      throw new UsageError(`--unanswered: goes with call.completed only, not with ${type}`);
    return { gateway, type, generation: generationOf(type, options.generation) };
  }
  if (!isTwilioEventType(type)) throw notOf('Twilio', 'twilio', type);
  if (options.unanswered) throw new UsageError('--unanswered: Twilio has call.no-answer for it');
  if (options.generation !== undefined) throw new UsageError('--generation: Twilio has none; leave it out');
  if (options.to?.includes(',')) throw new UsageError('--to: Twilio has no groups; name one number');
  return { gateway, type, generation: null };
}

const notOf = (name: string, gateway: GatewayKind, type: string) =>
  new UsageError(`${name} has no ${type}: --list --gateway ${gateway} names what it has, --gateway chooses another`);

function generationOf(type: QuoEventType, asked: QuoGeneration | undefined): QuoGeneration {
  const has = generationsOf(type);
  if (asked === undefined) return has.includes('v4') ? 'v4' : (has.at(-1) ?? '2026-03-30');
  if (has.includes(asked)) return asked;
  throw new UsageError(`--generation: ${asked} does not have ${type}; expected ${has.join(', ')}`);
}
