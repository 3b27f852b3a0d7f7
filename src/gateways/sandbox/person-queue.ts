/**
 * Runs jobs side by side, at most `inFlightMax` at once, but those of one key one after the other in their order.
 */
export interface PersonQueue {
  add(phone: string, job: () => Promise<void>): void;
  /** Jobs under way or waiting. */
  readonly active: number;
  /** Forgets what waits; what is under way ends by itself. */
  stop(): void;
}

export function personQueue(options: { readonly inFlightMax: number; readonly afterEach: () => void }): PersonQueue {
  /** Of every phone with a job under way or ready: what comes after it. */
  const followers = new Map<string, (() => Promise<void>)[]>();
  let ready: { readonly phone: string; readonly job: () => Promise<void> }[] = [];
  let inFlight = 0;
  let active = 0;
  let stopped = false;

  const fill = (): void => {
    while (inFlight < options.inFlightMax) {
      const next = ready.shift();
      if (next === undefined) return;
      inFlight += 1;
      void next.job().then(() => finish(next.phone));
    }
  };

  const finish = (phone: string): void => {
    if (stopped) return;
    inFlight -= 1;
    active -= 1;
    const job = followers.get(phone)?.shift();
    if (job === undefined) followers.delete(phone);
    else ready.push({ phone, job });
    fill();
    options.afterEach();
  };

  return {
    add: (phone, job) => {
      if (stopped) return;
      active += 1;
      const behind = followers.get(phone);
      if (behind !== undefined) {
        behind.push(job);
        return;
      }
      followers.set(phone, []);
      ready.push({ phone, job });
      fill();
    },
    get active() {
      return active;
    },
    stop: () => {
      stopped = true;
      active = 0;
      ready = [];
      followers.clear();
    },
  };
}
