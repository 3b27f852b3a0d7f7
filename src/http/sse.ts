import type { Clock } from '../platform/clock.ts';
import { patience } from '../platform/clock.ts';
import type { Live } from '../platform/live.ts';
import type { Log } from '../platform/log.ts';

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) driven by `Live` topics. */
export interface SseEvent {
  readonly event: string;
  readonly data: unknown;
}

export interface StreamSource {
  /** Live topics that wake the stream. */
  readonly topics: readonly string[];
  /**
   * What to tell now. Called once at the start with an empty set, then with the topics that changed, at most twice a second;
   * and after `refreshMs` without any.
   */
  readonly events: (changed: ReadonlySet<string>) => Promise<readonly SseEvent[]>;
  /** Real milliseconds; for pages whose content depends on the time alone. */
  readonly refreshMs?: number;
}

export interface Streams {
  /** A `text/event-stream` answer that lasts until the client leaves or the server drains. */
  open(request: Request, source: StreamSource): Response;
  readonly openCount: number;
  /** Ends every stream; new ones end at once. */
  close(): void;
}

const EVENTS_INTERVAL_MS = 500;
export const HEARTBEAT_MS = 15_000;
/** Told to the browser: how long to wait before it connects again. */
const RECONNECT_MS = 2_000;

export function openStreams(services: { readonly clock: Clock; readonly live: Live; readonly log: Log }): Streams {
  const draining = new AbortController();
  let openCount = 0;
  return {
    get openCount() {
      return openCount;
    },
    close: () => draining.abort(),
    open(request, source) {
      const ended = AbortSignal.any([request.signal, draining.signal]);
      const left = new AbortController();
      const signal = AbortSignal.any([ended, left.signal]);
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          openCount += 1;
          void pump(services, source, { controller, signal })
            .catch((error: unknown) => services.log.error({ error }, 'event stream ended by an error'))
            .finally(() => {
              openCount -= 1;
              if (!left.signal.aborted) controller.close();
            });
        },
        cancel: () => left.abort(),
      });
      return new Response(body, {
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store, no-transform',
          'x-accel-buffering': 'no',
        },
      });
    },
  };
}

interface Sink {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly signal: AbortSignal;
}

async function pump(
  { clock, live }: { readonly clock: Clock; readonly live: Live },
  source: StreamSource,
  { controller, signal }: Sink,
): Promise<void> {
  const encoder = new TextEncoder();
  const write = (text: string): void => {
    // A client that reads too slowly misses this round; the next one tells the newest state.
    if (!signal.aborted && (controller.desiredSize ?? 0) > -SLOW_CHUNKS_MAX) controller.enqueue(encoder.encode(text));
  };
  const changes = watchTopics(live, source.topics);
  const idleMs = Math.min(source.refreshMs ?? HEARTBEAT_MS, HEARTBEAT_MS);
  try {
    write(`retry: ${RECONNECT_MS}\n\n`);
    for (let first = true; !signal.aborted; first = false) {
      const changed = changes.take();
      if (first || changed.size > 0 || source.refreshMs !== undefined) {
        const events = await source.events(changed);
        write(events.length === 0 ? ': alive\n\n' : events.map(eventText).join(''));
      } else write(': alive\n\n');
      await clock.rest(EVENTS_INTERVAL_MS, signal);
      if (!changes.waiting()) await changes.next(clock, patience(clock, idleMs - EVENTS_INTERVAL_MS), signal);
    }
  } finally {
    changes.stop();
  }
}

const SLOW_CHUNKS_MAX = 100;

const eventText = ({ event, data }: SseEvent): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

function watchTopics(live: Live, topics: readonly string[]) {
  let changed = new Set<string>();
  let wake: () => void = () => {};
  const note = (topic: string): void => {
    changed.add(topic);
    wake();
  };
  const unsubscribes = topics.map((topic) => live.subscribe(topic, note));
  return {
    waiting: () => changed.size > 0,
    take(): ReadonlySet<string> {
      const taken = changed;
      changed = new Set();
      return taken;
    },
    /** Resolves when a topic changes, after `ms` of clock time, or when `signal` aborts. */
    async next(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
      const woken = new AbortController();
      wake = () => woken.abort();
      await clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
      wake = () => {};
    },
    stop(): void {
      for (const unsubscribe of unsubscribes) unsubscribe();
    },
  };
}
