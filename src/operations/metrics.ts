import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { countOpen } from '../alerts/alert-store.ts';
import { countUndelivered } from '../alerts/delivery-store.ts';
import { listCampaigns } from '../campaigns/campaign-store.ts';
import { readWaitingFacts } from '../campaigns/read-waiting.ts';
import { waitingFor } from '../campaigns/waiting.ts';
import type { Waiting } from '../campaigns/waiting-facts.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Db } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { msBetween, SECOND_MS } from '../platform/time.ts';
import { spoolFolder, spoolIn } from '../webhooks/spool.ts';
import { type SpoolDepth, spoolDepth } from '../webhooks/spool-depth.ts';
import { countRunning, readAccountPulses, readEventPulses, readProxyPulses } from './metrics-store.ts';

/**
 * What a monitoring system scrapes, in the text format of Prometheus. All of it is read from the tables at the moment of the scrape,
 * so that it speaks for all processes; only the `process_*` and `nodejs_*` figures are this process's own, and `spool_*` this machine's.
 */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'dataDir'>;
}

/** A scrape that looked at more of them one by one would take longer than a monitoring system waits; it says how many it leaves out. */
const CAMPAIGNS_MAX = 500;
const STATES = ['pending', 'unknown', 'sent', 'delivered', 'failed', 'skipped'] as const;

export function createMetrics(deps: Deps): Metrics {
  const ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  const readDepth = spoolDepth(spoolIn(spoolFolder(deps.config.dataDir)));
  return {
    contentType: ofProcess.contentType,
    async text() {
      // New ones for each scrape: what is over leaves nothing behind, and two scrapes at once do not mix.
      const registry = new Registry();
      const gauges = createGauges(registry);
      await readCampaigns(deps, gauges);
      await readAccounts(deps, gauges);
      for (const { state, events } of await readEventPulses(deps.db)) gauges.events.set({ state }, events);
      tellSpool(await readDepth(), deps.clock, gauges);
      await readAlerts(deps, gauges);
      await readProxy(deps, gauges);
      return `${await registry.metrics()}${await ofProcess.metrics()}`;
    },
  };
}

function createGauges(registry: Registry) {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> =>
    new Gauge({ name: `textwright_${name}`, help, labelNames, registers: [registry] });
  return {
    people: gauge('campaign_people', 'People of a running campaign by state', ['campaign', 'state']),
    waiting: gauge('campaign_waiting', '1 for what a running campaign waits for; absent while it sends', [
      'campaign',
      'reason',
    ]),
    waitingSince: gauge(
      'campaign_waiting_since_timestamp_seconds',
      'Since when what it waits for holds, where that is known',
      ['campaign', 'reason'],
    ),
    waitingUntil: gauge(
      'campaign_waiting_until_timestamp_seconds',
      'When it goes on by itself, where that is known: a window, a cap, a request of the gateway for time',
      ['campaign', 'reason'],
    ),
    notLookedAt: gauge(
      'campaigns_not_looked_at',
      `Running campaigns beyond the newest ${CAMPAIGNS_MAX}, of which nothing is told`,
      [],
    ),
    held: gauge('account_held', '1 while a worker holds the account', ['account']),
    paused: gauge('account_paused', '1 while the account is paused', ['account']),
    breaker: gauge('account_breaker_open', '1 while its gateway fails', ['account']),
    failures: gauge('account_holder_failures', 'Times in a row that its holder stopped by itself', ['account']),
    unknown: gauge('account_texts_unknown', 'Texts whose outcome is being asked for', ['account']),
    answers: gauge('account_answers_waiting', 'Confirmations and replies that wait', ['account']),
    answersHeld: gauge(
      'account_answers_held',
      'Confirmations and replies that wait for a person: their number is off, or the account is paused',
      ['account'],
    ),
    events: gauge('gateway_events_open', 'Events of gateways that are not applied', ['state']),
    spooled: gauge('spool_events', 'Events on the disk of this machine that are not in the database yet', []),
    spoolFiles: gauge('spool_files', 'Files that hold them; a damaged one waits for a person', ['state']),
    spoolAge: gauge('spool_oldest_seconds', 'Age of the oldest event on the disk; 0 without any', []),
    alerts: gauge('alerts_open', 'Alerts that are not over', ['kind', 'severity']),
    notices: gauge('alert_notices_undelivered', 'Notices of alerts that wait or were given up', ['channel', 'state']),
    forwarded: gauge(
      'proxy_deliveries',
      'Events for a target of the development proxy: waiting now, others since it was made',
      ['target', 'state'],
    ),
    proxyLag: gauge('proxy_lag_seconds', 'Age of the oldest event that is still to be forwarded', ['target']),
    proxyActive: gauge('proxy_active', '1 while events are forwarded to the target', ['target']),
  };
}

type Gauges = ReturnType<typeof createGauges>;

function tellSpool({ events, files, damaged, oldest }: SpoolDepth, clock: Clock, gauges: Gauges): void {
  gauges.spooled.set(events);
  gauges.spoolFiles.set({ state: 'readable' }, files - damaged);
  gauges.spoolFiles.set({ state: 'damaged' }, damaged);
  gauges.spoolAge.set(oldest === undefined ? 0 : Math.max(0, msBetween(oldest, clock.now())) / SECOND_MS);
}

async function readAlerts({ db }: Deps, gauges: Gauges): Promise<void> {
  for (const { kind, severity, alerts } of await countOpen(db)) gauges.alerts.set({ kind, severity }, alerts);
  for (const { channel, state, deliveries } of await countUndelivered(db))
    gauges.notices.set({ channel, state }, deliveries);
}

async function readAccounts({ db, clock }: Deps, gauges: Gauges): Promise<void> {
  for (const account of await readAccountPulses(db, clock.now())) {
    const labels = { account: showId('account', account.id) };
    gauges.held.set(labels, Number(account.held));
    gauges.paused.set(labels, Number(account.paused));
    gauges.breaker.set(labels, Number(account.breakerOpen));
    gauges.failures.set(labels, account.failures);
    gauges.unknown.set(labels, account.unknown);
    gauges.answers.set(labels, account.answersWaiting);
    gauges.answersHeld.set(labels, account.answersHeld);
  }
}

async function readProxy({ db, clock }: Deps, gauges: Gauges): Promise<void> {
  for (const { id, active, waiting, delivered, failed, lagSeconds } of await readProxyPulses(db, clock.now())) {
    const target = showId('proxyTarget', id);
    for (const [state, events] of Object.entries({ waiting, delivered, failed }))
      gauges.forwarded.set({ target, state }, events);
    gauges.proxyLag.set({ target }, lagSeconds);
    gauges.proxyActive.set({ target }, Number(active));
  }
}

function tellWaiting(campaign: string, { code, since, until }: Waiting, gauges: Gauges): void {
  const labels = { campaign, reason: code };
  gauges.waiting.set(labels, 1);
  if (since !== null) gauges.waitingSince.set(labels, since.epochMilliseconds / SECOND_MS);
  if (until !== null) gauges.waitingUntil.set(labels, until.epochMilliseconds / SECOND_MS);
}

async function readCampaigns({ db, clock }: Deps, gauges: Gauges): Promise<void> {
  const page = { search: undefined, after: undefined, limit: CAMPAIGNS_MAX };
  for (const campaign of await listCampaigns(db, { ...page, state: 'running' })) {
    const id = showId('campaign', campaign.id);
    for (const state of STATES) gauges.people.set({ campaign: id, state }, campaign.totals[state]);
    const waiting = waitingFor(await readWaitingFacts(db, clock, campaign));
    if (waiting !== null) tellWaiting(id, waiting, gauges);
  }
  gauges.notLookedAt.set(Math.max(0, (await countRunning(db)) - CAMPAIGNS_MAX));
}
