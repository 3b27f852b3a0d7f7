import { madeNumber } from '../gateways/made-facts.ts';
import type { QuoPayloadInput } from '../gateways/quo/quo-payload-facts.ts';
import { quoHeaders, quoPayload } from '../gateways/quo/quo-payloads.ts';
import { twilioHeaders, twilioPayload } from '../gateways/twilio/twilio-payloads.ts';
import { systemClock } from '../platform/clock.ts';
import { seededRandom, systemRandom } from '../platform/random.ts';
import { unreachable } from '../platform/result.ts';
import { addMs } from '../platform/time.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import type { FakeOptions } from './webhook-fake-options.ts';
import { type FakeOrder, type FakeTarget, fakeTarget } from './webhook-fake-target.ts';
import { type LoadAmount, planLoad } from './webhook-load-plan.ts';
import { type LoadReport, runLoad, type SignedPost } from './webhook-load-run.ts';
import { count } from './words.ts';

/** The order of them is held in memory. */
const EVENTS_MAX = 1_000_000;
const PROGRESS_EVERY = 100;

/** Posts what was ordered and says how it was answered. Throws when any answer was not 2xx. */
export async function fakeWebhooks(order: FakeOrder, shell: Shell): Promise<void> {
  const { options } = order;
  const amount = amountOf(options);
  const signal = shell.interruption();
  const target = await fakeTarget(order, shell);
  const load = { amount, repeatShare: options.repeat, shuffle: options.shuffle === true };
  const plan = planLoad(load, systemRandom);
  const report = await runLoad({
    plan,
    url: target.url,
    concurrency: options.concurrency,
    postOf: postMaker(options, { target, events: plan.events }),
    clock: systemClock,
    signal,
    onPost: (done) => {
      if (done % PROGRESS_EVERY === 0) shell.progress(`${done} of ${plan.posts.length} posted`);
    },
  });
  await tell({ options, target, report }, shell);
  if (report.posts < plan.posts.length)
    throw new CliError(`interrupted after ${report.posts} of ${count(plan.posts.length, 'post')}`);
  if (report.accepted < report.posts) throw new CliError(whatWasRefused(report));
}

function whatWasRefused({ posts, accepted, answers, firstRefusal }: LoadReport): string {
  const nobody = 'ECONNREFUSED' in answers ? '; textwright serve starts a server, --url names another address' : '';
  const were = `${posts - accepted} of ${count(posts, 'post')} ${posts - accepted === 1 ? 'was' : 'were'}`;
  return `${were} not answered 2xx; the first: ${firstRefusal}${nobody}`;
}

function amountOf({ count: events, rate, profile, seconds }: FakeOptions): LoadAmount {
  if (profile === undefined) {
    if (seconds !== undefined) throw new UsageError('--seconds: goes with --profile only');
    return { kind: 'count', count: bounded(events ?? 1, '--count'), rate };
  }
  if (events !== undefined) throw new UsageError('--count: a profile has as many events as its rate and seconds make');
  if (rate === undefined || seconds === undefined)
    throw new UsageError('--profile: needs --rate and --seconds, like --rate 50/s --seconds 60');
  bounded(rate * seconds, '--rate times --seconds');
  return { kind: 'profile', profile, rate, seconds };
}

function bounded(events: number, what: string): number {
  if (events <= EVENTS_MAX) return events;
  throw new UsageError(`${what}: expected at most ${EVENTS_MAX.toLocaleString('en-US')} events, got ${events}`);
}

/**
 * Makes an event again from its number alone, so that a repetition is the same to the letter, and signs each post with a time of its
 * own. The events have happened a millisecond after each other, the last one now.
 */
function postMaker(
  options: FakeOptions,
  { target, events }: { readonly target: FakeTarget; readonly events: number },
): (event: number) => SignedPost {
  const seed = systemRandom.int(0, 2 ** 31);
  const madeAt = systemClock.now();
  const { type } = target.event;
  const outgoing = type.startsWith('message.') && type !== 'message.received';
  const ours = target.lane?.phone ?? madeNumber(systemRandom);
  const to = options.to?.split(',').map((number) => number.trim());
  const named = outgoing ? options.from : to?.[0];
  const isLane = named === undefined || named === target.lane?.phone;
  const media = options.media.map((url) => ({ url, type: MEDIA_TYPE }));
  return (event) => {
    const random = seededRandom(seed + event);
    const made = madePost(target, {
      at: addMs(madeAt, event + 1 - events),
      random,
      from: options.from ?? (outgoing ? ours : madeNumber(random)),
      to: to ?? [outgoing ? madeNumber(random) : ours],
      text: options.text,
      media,
      laneRef: isLane ? target.lane?.gatewayRef : undefined,
      answered: options.unanswered ? false : undefined,
    });
    return { ...made, headers: { ...made.headers, 'user-agent': 'textwright-fake' } };
  };
}

const MEDIA_TYPE = 'image/jpeg';

type Made = Omit<QuoPayloadInput, 'type' | 'generation'> & { readonly from: string; readonly to: readonly string[] };

function madePost({ event, secret, signedUrl, accountSid }: FakeTarget, made: Made): SignedPost {
  switch (event.gateway) {
    case 'quo': {
      const payload = quoPayload({ ...made, type: event.type, generation: event.generation });
      return { body: payload.body, headers: quoHeaders(payload, { secret, at: systemClock.now() }) };
    }
    case 'twilio': {
      const body = twilioPayload({ ...made, type: event.type, to: made.to.join(), accountSid });
      return { body, headers: twilioHeaders(body, { secret, url: signedUrl }) };
    }
    default:
      return unreachable(event);
  }
}

async function tell(
  said: { readonly options: FakeOptions; readonly target: FakeTarget; readonly report: LoadReport },
  shell: Shell,
): Promise<void> {
  const { options } = said;
  const { url, event } = said.target;
  const { gateway, type, generation } = event;
  const { posts, seconds, postsPerSecond, answers, latencyMs } = said.report;
  if (options.json) return shell.out.json({ gateway, type, generation, url, ...said.report });
  const words = Object.entries(answers).map(([word, times]) => `${word}: ${times.toLocaleString('en-US')}`);
  await shell.out.lines(
    `${count(posts, 'post')} of ${type} (${generation ?? 'Twilio'}) to ${url} in ${seconds} s, ${postsPerSecond} a second`,
    `answers  ${words.join(', ') || 'none'}`,
    ...(latencyMs === null
      ? []
      : [
          `latency  p50 ${latencyMs.p50} ms, p95 ${latencyMs.p95} ms, p99 ${latencyMs.p99} ms, slowest ${latencyMs.max} ms`,
        ]),
  );
}
