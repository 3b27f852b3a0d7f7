import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Clock } from '../platform/clock.ts';
import { SECOND_MS } from '../platform/time.ts';
import type { LoadPlan } from './webhook-load-plan.ts';

export interface SignedPost {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LoadReport {
  readonly posts: number;
  readonly seconds: number;
  readonly postsPerSecond: number;
  /** How many were answered with which status, or what became of them instead. */
  readonly answers: Readonly<Record<string, number>>;
  readonly accepted: number;
  /** Of those that were answered. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number } | null;
  /** What the first answer that was not 2xx said. */
  readonly firstRefusal: string | null;
}

/** As long as the provider waits for an answer. */
const ANSWER_TIMEOUT_MS = 10_000;
const REFUSAL_LENGTH_MAX = 500;

/** Posts what is planned, at most `concurrency` at one time; a signal ends it after what is under way. */
export async function runLoad(options: {
  readonly plan: LoadPlan;
  readonly url: string;
  readonly concurrency: number;
  /** Signed in the moment in which it is posted. */
  readonly postOf: (event: number) => SignedPost;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: AbortSignal;
  readonly onPost: (done: number) => void;
}): Promise<LoadReport> {
  const { plan, signal } = options;
  const post = poster(options.url, options.concurrency);
  const tally = createTally();
  const startedMs = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      const place = next;
      const event = plan.posts[place];
      if (event === undefined) return;
      next += 1;
      const waitMs = plan.dueMs === undefined ? 0 : startedMs + plan.dueMs(place) - performance.now();
      if (waitMs > 0) await options.clock.sleep(waitMs, signal);
      if (signal.aborted) return;
      tally.add(await post.send(options.postOf(event)));
      options.onPost(tally.posts);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(options.concurrency, plan.posts.length) }, work));
  } finally {
    post.close();
  }
  return tally.report(performance.now() - startedMs);
}

interface Answer {
  /** A status, or why there is none. */
  readonly word: string;
  readonly latencyMs: number;
  readonly text: string;
}

function poster(url: string, concurrency: number) {
  const secure = url.startsWith('https:');
  const pool = { keepAlive: true, maxSockets: concurrency };
  const agent = secure ? new HttpsAgent(pool) : new HttpAgent(pool);
  const request = secure ? httpsRequest : httpRequest;
  const send = ({ body, headers }: SignedPost): Promise<Answer> =>
    new Promise((resolve) => {
      const startedMs = performance.now();
      const settle = (word: string, text = ''): void =>
        resolve({ word, text, latencyMs: performance.now() - startedMs });
      const length = { 'content-length': Buffer.byteLength(body) };
      const posting = request(url, { method: 'POST', agent, headers: { ...headers, ...length } }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < REFUSAL_LENGTH_MAX) text += chunk;
        });
        response.on('error', () => settle('answer cut short'));
        response.on('end', () => settle(String(response.statusCode), text.slice(0, REFUSAL_LENGTH_MAX)));
      });
      posting.setTimeout(ANSWER_TIMEOUT_MS, () => {
        settle('no answer in time');
        posting.destroy();
      });
      posting.on('error', (error) => settle('code' in error ? String(error.code) : error.message));
      posting.end(body);
    });
  return { send, close: () => agent.destroy() };
}

const isStatus = (word: string): boolean => /^\d{3}$/.test(word);
const isAccepted = (word: string): boolean => /^2\d\d$/.test(word);

function createTally() {
  const answers = new Map<string, number>();
  const latenciesMs: number[] = [];
  let posts = 0;
  let firstRefusal: string | null = null;
  return {
    get posts() {
      return posts;
    },
    add({ word, latencyMs, text }: Answer) {
      posts += 1;
      answers.set(word, (answers.get(word) ?? 0) + 1);
      if (isStatus(word)) latenciesMs.push(latencyMs);
      if (!isAccepted(word)) firstRefusal ??= text === '' ? word : `${word} ${text}`;
    },
    report(elapsedMs: number): LoadReport {
      const counted = [...answers].sort(([a], [b]) => (a < b ? -1 : 1));
      const seconds = elapsedMs / SECOND_MS;
      return {
        posts,
        seconds: rounded(seconds),
        postsPerSecond: rounded(posts / seconds),
        answers: Object.fromEntries(counted),
        accepted: counted.reduce((sum, [word, count]) => sum + (isAccepted(word) ? count : 0), 0),
        latencyMs: latencyOf(latenciesMs),
        firstRefusal,
      };
    },
  };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

function latencyOf(latenciesMs: readonly number[]): LoadReport['latencyMs'] {
  if (latenciesMs.length === 0) return null;
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  // The least value that so many of a hundred do not exceed.
  const percentile = (of: number): number => rounded(sorted[Math.ceil((of / 100) * sorted.length) - 1] ?? 0);
  return { p50: percentile(50), p95: percentile(95), p99: percentile(99), max: percentile(100) };
}
