import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type CampaignLive, campaignKeys } from './campaigns.ts';

/**
 * What changed on the server, told over server-sent events. Events carry a topic and no data, and are lost while there is no line, also
 * before it opens for the first time: whenever it opens every listener is called once and reads again.
 */
export type LineState = 'connecting' | 'open' | 'lost';
type Listener = { readonly topic: string; readonly call: () => void };

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** A burst of events (a campaign that sends 10 texts a second) leads to one reading per interval. */
const BURST_MS = 400;

/** An event source that comes back by itself; the browser's own retry stops for good at an answer that is not 200. */
function openLine(options: {
  readonly url: string;
  readonly event: string;
  readonly onEvent: (data: unknown) => void;
  readonly onState: (state: LineState) => void;
}): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;

  const connect = (): void => {
    source = new EventSource(options.url);
    source.onopen = () => {
      retryMs = FIRST_RETRY_MS;
      options.onState('open');
    };
    source.addEventListener(options.event, (message) => options.onEvent(parseData(message.data)));
    source.onerror = () => {
      source?.close();
      options.onState('lost');
      timer = setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

function parseData(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

const topicOf = (data: unknown): string | undefined =>
  typeof data === 'object' && data !== null && 'topic' in data && typeof data.topic === 'string'
    ? data.topic
    : undefined;

/** One line for the whole page, open while anyone listens. */
const listeners = new Set<Listener>();
const stateListeners = new Set<() => void>();
let lineState: LineState = 'connecting';
let closeLine: (() => void) | undefined;

function setLineState(state: LineState): void {
  lineState = state;
  for (const listener of stateListeners) listener();
}

function subscribe(topic: string, call: () => void): () => void {
  const entry: Listener = { topic, call };
  listeners.add(entry);
  closeLine ??= openLine({
    url: '/v1/events',
    event: 'changed',
    onEvent: (data) => tell(topicOf(data)),
    onState: (state) => {
      setLineState(state);
      if (state === 'open') for (const listener of listeners) listener.call();
    },
  });
  return () => {
    listeners.delete(entry);
    if (listeners.size > 0) return;
    closeLine?.();
    closeLine = undefined;
    setLineState('connecting');
  };
}

/** `campaign:<id>` reaches those who listen to exactly it and those who listen to `campaign`. */
function tell(topic: string | undefined): void {
  if (topic === undefined) return;
  for (const listener of listeners)
    if (topic === listener.topic || topic.startsWith(`${listener.topic}:`)) listener.call();
}

/** Whether live updates arrive; the shell says so when they do not. */
export const useLineState = (): LineState =>
  useSyncExternalStore(
    (call) => {
      stateListeners.add(call);
      return () => stateListeners.delete(call);
    },
    () => lineState,
  );

export interface LiveUpdates {
  /** Changes that were held back while `hold` was on. */
  readonly held: number;
  /** Read them now (the "new" button on top of a list). */
  readonly release: () => void;
}

/**
 * Reads `keys` again whenever `topic` changes ("inbox", "contacts", "status", "campaign:<id>", "import:<id>", or "campaign" for any).
 * With `hold` the list stays still and `held` counts instead: for a list in which something is selected or being read.
 */
export function useLive(
  topic: string,
  keys: readonly QueryKey[],
  options: { readonly hold?: boolean } = {},
): LiveUpdates {
  const queryClient = useQueryClient();
  const [held, setHeld] = useState(0);
  const latest = useRef({ keys, hold: options.hold ?? false });
  latest.current = { keys, hold: options.hold ?? false };

  const read = (): void => {
    for (const queryKey of latest.current.keys) void queryClient.invalidateQueries({ queryKey });
  };
  const readLatest = useRef(read);
  readLatest.current = read;

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = subscribe(topic, () => {
      if (latest.current.hold) {
        setHeld((count) => count + 1);
        return;
      }
      timer ??= setTimeout(() => {
        timer = undefined;
        readLatest.current();
      }, BURST_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [topic]);

  const release = (): void => {
    setHeld(0);
    read();
  };
  return { held, release };
}

/** Keeps `campaignLiveQuery(id)` current from the campaign's own stream, which carries the whole object. */
export function useCampaignStream(id: string, enabled = true): LineState {
  const queryClient = useQueryClient();
  const [state, setState] = useState<LineState>('connecting');
  useEffect(() => {
    if (!enabled) return undefined;
    return openLine({
      url: `/v1/campaigns/${id}/stream`,
      event: 'live',
      onEvent: (data) => {
        if (data === undefined) return;
        const live = data as CampaignLive;
        queryClient.setQueryData(campaignKeys.live(id), live);
        queryClient.setQueryData(campaignKeys.one(id), live.campaign);
      },
      onState: setState,
    });
  }, [id, enabled, queryClient]);
  return state;
}
