import type { TextToSend } from './carrier.ts';
import type { Refusal } from './options.ts';
import { type ApiAnswer, type InputError, invalidInput, messageJson, notFound, refused, userIdOf } from './wire.ts';
import type { Lane, OutboundMessage, World } from './world.ts';

/** `POST /v1/messages`: what the provider checks before it says 202. Whether the text arrives is another matter. */

const TEXT_LENGTH_MAX = 1_600;
export const E164 = /^\+[1-9]\d{6,14}$/;

interface SendBody {
  readonly text: string;
  readonly from: string;
  readonly to: string;
  readonly userId: string | undefined;
}

export function sendRoute(request: {
  readonly world: World;
  readonly account: number;
  readonly apiKey: string;
  readonly body: unknown;
  readonly refusals: readonly Refusal[];
  readonly accept: (text: TextToSend) => OutboundMessage;
}): ApiAnswer {
  const { world, account } = request;
  const parsed = parseSendBody(request.body);
  if ('errors' in parsed) return invalidInput('02', parsed.errors);
  const lane = world.laneByRef.get(parsed.from) ?? world.laneByPhone.get(parsed.from);
  const isKnownUser = parsed.userId === undefined || parsed.userId === userIdOf(account);
  if (lane === undefined || lane.account !== account || !isKnownUser) return notFound('02');
  const refusal = request.refusals.find((candidate) => applies(candidate, { ...request, lane, to: parsed.to }));
  if (refusal !== undefined) return refused(refusal);
  const message = request.accept({ lane, to: parsed.to, text: parsed.text });
  return { status: 202, body: { data: messageJson(message) } };
}

const applies = (
  refusal: Refusal,
  send: { readonly apiKey: string; readonly lane: Lane; readonly to: string },
): boolean =>
  (refusal.apiKey === undefined || refusal.apiKey === send.apiKey) &&
  (refusal.laneRef === undefined || refusal.laneRef === send.lane.id) &&
  (refusal.to === undefined || refusal.to === send.to);

function parseSendBody(body: unknown): SendBody | { readonly errors: readonly InputError[] } {
  if (!isObject(body)) return { errors: [wrong('', 'Expected object', body, 'object')] };
  const { content, to, userId, setInboxStatus } = body;
  const from = body['from'] ?? body['phoneNumberId'];
  const errors = [
    ...contentErrors(content),
    ...recipientErrors(to),
    ...(typeof from === 'string' && (from.startsWith('PN') || E164.test(from))
      ? []
      : [wrong('/from', 'Expected a phone number id or an E.164 number', from, 'string')]),
    ...(userId === undefined || (typeof userId === 'string' && userId.startsWith('US'))
      ? []
      : [wrong('/userId', 'Expected string to match pattern', userId, 'string')]),
    ...(setInboxStatus === undefined || setInboxStatus === 'done'
      ? []
      : [wrong('/setInboxStatus', "Expected 'done'", setInboxStatus, 'string')]),
  ];
  const [recipient] = Array.isArray(to) ? to : [];
  if (errors.length > 0 || typeof content !== 'string' || typeof from !== 'string' || typeof recipient !== 'string')
    return { errors };
  return { text: content, from, to: recipient, userId: typeof userId === 'string' ? userId : undefined };
}

function contentErrors(content: unknown): readonly InputError[] {
  if (typeof content !== 'string') return [wrong('/content', 'Expected string', content, 'string')];
  if (content.trim() === '') return [wrong('/content', 'Expected a non-whitespace character', content, 'string')];
  return content.length > TEXT_LENGTH_MAX
    ? [wrong('/content', `Expected string length less or equal to ${TEXT_LENGTH_MAX}`, content, 'string')]
    : [];
}

/** Newer versions of the API take ten and make one group conversation of them; nobody who sends a campaign can want that. */
function recipientErrors(to: unknown): readonly InputError[] {
  if (!Array.isArray(to)) return [wrong('/to', 'Expected array', to, 'array')];
  if (to.length !== 1) return [wrong('/to', 'Expected array length to be 1', to, 'array')];
  return to.flatMap((phone: unknown, index) =>
    typeof phone === 'string' && E164.test(phone)
      ? []
      : [wrong(`/to/${index}`, 'Expected string to match pattern', phone, 'string')],
  );
}

export const wrong = (path: string, message: string, value: unknown, type: string): InputError => ({
  path,
  message,
  value,
  schema: { type },
});

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const strings = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
