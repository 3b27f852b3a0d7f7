/**
 * Wiring, top-down, in the order in which things start: database, schema, secrets, jobs, HTTP, sandbox, engine. Whatever was started
 * is stopped in the opposite order.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { deliveryQueues } from './alerts/deliver-alerts.ts';
import { startAlertWatch } from './alerts/watch-alerts.ts';
import { keepLocalAddress } from './business/local-address.ts';
import { keepPublicAddress } from './business/public-address.ts';
import { takeOffJob } from './campaigns/take-off-job.ts';
import { carryOptOutsJob } from './compliance/carry-opt-outs.ts';
import { requireInForce } from './compliance/dated-rules.ts';
import { oldConsentsJob } from './compliance/end-old-consents.ts';
import { EVERY_RULE } from './compliance/every-rule.ts';
import { warmUpClassifier } from './compliance/opt-out.ts';
import { startSequencer } from './compliance/seal-audit.ts';
import { tallyTextsJob } from './compliance/tally-texts.ts';
import { importJob } from './contacts/import-job.ts';
import { tidyImportsJob } from './contacts/tidy-imports.ts';
import { overdueReviewsJob } from './conversations/end-overdue-reviews.ts';
import { noteNumberKey } from './evidence/number-key-store.ts';
import { gatewayOpener, WEBHOOK_EDGES } from './gateways/adapters.ts';
import { localSandbox } from './gateways/sandbox/local-sandbox.ts';
import { keepSandbox } from './gateways/sandbox-account.ts';
import { type HealthServices, healthQueues } from './health/health-job.ts';
import { listen } from './http/listen.ts';
import { registerAlertRoutes } from './http/routes/alert-routes.ts';
import { registerAuditRoutes } from './http/routes/audit-routes.ts';
import { registerCallRoutes } from './http/routes/call-routes.ts';
import { registerCampaignRoutes } from './http/routes/campaign-routes.ts';
import { registerCompliancePolicyRoutes } from './http/routes/compliance-policy-routes.ts';
import { registerComplianceRoutes } from './http/routes/compliance-routes.ts';
import { registerConsentLedgerRoutes } from './http/routes/consent-ledger-routes.ts';
import { registerConsentRoutes } from './http/routes/consent-routes.ts';
import { registerConsentWaiverRoutes } from './http/routes/consent-waiver-routes.ts';
import { registerContactRoutes } from './http/routes/contact-routes.ts';
import { registerDiscardRoutes } from './http/routes/discard-routes.ts';
import { registerDncRoutes } from './http/routes/dnc-routes.ts';
import { registerErasureRoutes } from './http/routes/erasure-routes.ts';
import { registerEvidenceRoutes } from './http/routes/evidence-routes.ts';
import { registerHealthRoutes } from './http/routes/health-routes.ts';
import { registerImportRoutes } from './http/routes/import-routes.ts';
import { registerInboxRoutes } from './http/routes/inbox-routes.ts';
import { registerNumberValidationRoutes } from './http/routes/number-validation-routes.ts';
import { registerOptInFormRoutes } from './http/routes/opt-in-form-routes.ts';
import { registerOptInPageRoutes } from './http/routes/opt-in-page-routes.ts';
import { registerOptOutLinkRoutes } from './http/routes/opt-out-link-routes.ts';
import { registerOptOutReviewRoutes } from './http/routes/opt-out-review-routes.ts';
import { registerOptOutRoutes } from './http/routes/opt-out-routes.ts';
import { registerReassignedRoutes } from './http/routes/reassigned-routes.ts';
import { registerRecipientRoutes } from './http/routes/recipient-routes.ts';
import { registerReconciliationRoutes } from './http/routes/reconciliation-routes.ts';
import { registerReplayRoutes } from './http/routes/replay-routes.ts';
import { registerScrubbingRoutes } from './http/routes/scrubbing-routes.ts';
import { registerSendingPolicyRoutes } from './http/routes/sending-policy-routes.ts';
import { registerTemplateRoutes } from './http/routes/template-routes.ts';
import { registerWebhookEventRoutes } from './http/routes/webhook-event-routes.ts';
import { registerWebhookProxyRoutes } from './http/routes/webhook-proxy-routes.ts';
import { createApp } from './http/server.ts';
import { type Waiting, waitForDatabase } from './http/wait-for-database.ts';
import { describeWebhooks, webhookDoor } from './http/webhook-door.ts';
import { openConfiguredDatabase } from './open-database.ts';
import { countStandingJob } from './operations/count-standing.ts';
import { tidyHistoryJob } from './operations/tidy-history.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { uuidSource } from './platform/ids.ts';
import { openJobs } from './platform/jobs.ts';
import { openLive } from './platform/live.ts';
import { createLog, type Log } from './platform/log.ts';
import { migrateUp, requireCurrentSchema, requireSchemaVersion } from './platform/migrate.ts';
import { type Random, systemRandom } from './platform/random.ts';
import { installationKey, secretsWithKey } from './platform/secrets.ts';
import { trySessionLock } from './platform/session-lock.ts';
import { dailyReconciliationJob } from './reconciliation/daily-job.ts';
import { scrubQueues } from './scrubbing/scrub-jobs.ts';
import { DEFAULT_ENGINE_OPTIONS, type EngineOptions, startEngine } from './sending/engine.ts';
import type { Services } from './services.ts';
import { validationQueues } from './validation/validation-jobs.ts';
import { VERSION } from './version.ts';
import { type Intake, openIntake } from './webhooks/intake.ts';
import { accountMemory } from './webhooks/known-accounts.ts';
import { replayJob } from './webhooks/replay-job.ts';
import { forgottenRetries, retryQueue } from './webhooks/retry-event.ts';
import { spoolFolder, spoolIn } from './webhooks/spool.ts';
import { spoolDepth } from './webhooks/spool-depth.ts';
import { startApplier } from './webhooks/start-applier.ts';
import { startDrain } from './webhooks/start-drain.ts';
import { startProxy } from './webhooks/start-proxy.ts';
import { createTally, startTally } from './webhooks/tally.ts';
import { spoolWatch } from './webhooks/watch-spool.ts';

export type Role = 'all' | 'api' | 'worker';

export interface StartOptions {
  readonly config: Config;
  readonly role: Role;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  readonly engine?: Partial<EngineOptions>;
  /** For what takes requests in: it waits for a PostgreSQL that is away, and keeps webhooks meanwhile. Absent: it ends. */
  readonly waiting?: Waiting;
}

export interface Running {
  /** Undefined for a worker, which does not listen. */
  readonly url: string | undefined;
  readonly services: Services;
  /** Drains: nothing new is begun, what is under way is finished, the database is left last. */
  close(): Promise<void>;
}

/** A stack of things to close, the newest first. */
interface Closers {
  add(close: () => Promise<void>): void;
  closeAll(): Promise<void>;
}

function createClosers(): Closers {
  const closers: (() => Promise<void>)[] = [];
  return {
    add: (close) => void closers.push(close),
    async closeAll() {
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
    },
  };
}

/** A provider notices nothing of it, and a thousand events a second cost the database 100 statements. */
const EVENT_GROUPS_APART_MS = 10;

/** Starts the program in one of its roles. */
export async function start(options: StartOptions): Promise<Running> {
  const closers = createClosers();
  try {
    return await startParts(options, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function startParts(options: StartOptions, closers: Closers): Promise<Running> {
  const { config, role } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const log = options.log ?? createLog({ level: config.logLevel });
  const newUuid = uuidSource({ clock, random });
  // Reading the tables refused a gap; nothing may be decided by one that is not in force.
  requireInForce(EVERY_RULE, clock.now());

  const webhookEdge: Services['webhookEdge'] = (kind) => WEBHOOK_EDGES[kind];
  const tally = createTally(clock);
  const spool = spoolIn(spoolFolder(config.dataDir));
  const room =
    role === 'worker' || options.waiting === undefined
      ? undefined
      : await waitForDatabase({ config, clock, random, newUuid, log, webhookEdge, spool, tally }, options.waiting);
  if (room !== undefined) closers.add(room.close);
  const opened = await openConfiguredDatabase(config, log);
  closers.add(opened.close);
  const { database, migrations } = opened;
  if (role === 'worker') await requireCurrentSchema(database.db, migrations);
  else await opened.asOwner((db, plan) => migrateUp(db, { ...plan, now: clock.now() }));
  await noteNumberKey(database.db, clock.now());

  const secrets = secretsWithKey(
    await installationKey({ configured: config.secretKey, dataDir: config.dataDir, random }),
    random,
  );
  const live = await openLive({ connectionString: database.connectionString, log });
  closers.add(live.close);

  const sandbox = localSandbox({
    clock,
    log,
    folder: join(config.dataDir, 'sandbox'),
    lock: () => trySessionLock({ connectionString: database.connectionString, name: 'sandbox' }),
  });
  let url = room?.url;
  const localUrl = () => url ?? `http://${config.host}:${config.port}`;
  const base: Omit<Services, 'jobs'> = {
    config,
    database,
    clock,
    random,
    newUuid,
    log,
    secrets,
    live,
    openGateway: gatewayOpener(clock, random),
    webhookEdge,
    publicUrl: () => config.publicUrl ?? localUrl(),
    localUrl,
    openSandbox: sandbox.open,
  };
  // The first inbound text must not pay for compiling the patterns, nor a job that is in the middle of a transaction.
  warmUpClassifier();
  const worksJobs = role !== 'api';
  const started = Promise.withResolvers<HealthServices>();
  const queues = [
    retryQueue(base),
    replayJob(base),
    importJob(base),
    takeOffJob(base),
    overdueReviewsJob(base),
    tallyTextsJob(base),
    countStandingJob(base),
    tidyImportsJob(base),
    oldConsentsJob(base),
    carryOptOutsJob(base),
    tidyHistoryJob(base),
    dailyReconciliationJob(base),
    ...validationQueues(base),
    ...scrubQueues(base),
    ...deliveryQueues(base),
    ...healthQueues(started.promise),
    forgottenRetries(started.promise),
  ].map((queue) => (worksJobs ? queue : withoutHandler(queue)));
  const jobs = await openJobs({ connectionString: database.connectionString, queues, log });
  closers.add(jobs.close);
  const intake = openIntake(base, {
    tally,
    spool,
    memory: accountMemory({ folder: spoolFolder(config.dataDir), secrets, newUuid, log }),
    perSecond: config.webhooksPerSecond,
    groupsApartMs: EVENT_GROUPS_APART_MS,
  });
  const services: Services = { ...base, jobs };
  started.resolve({ ...services, db: database.db });

  if (role !== 'worker') {
    await keepPublicAddress(database.db, config.publicUrl, clock.now());
    closers.add(startTally(services, tally).close);
    await intake.prepare();
    const app = createHttpApp(services, { intake });
    await room?.handOver(app);
    const server = room ?? (await listen(app, { host: config.host, port: config.port, clock, log }));
    closers.add(server.close);
    url = server.url;
    await keepLocalAddress(database.db, { url, machine: hostname() }, clock.now());
    const lookAtSpool = spoolWatch(services, { depth: spoolDepth(spool), machine: hostname() });
    closers.add(startDrain(services, intake, lookAtSpool).close);
    closers.add(sandbox.close);
    // Before the engine hands anything over: the sandbox may come back at another address.
    const keeper = await keepSandbox({ ...services, db: database.db });
    closers.add(keeper.close);
  }
  if (role !== 'api') {
    closers.add(startApplier(services).close);
    closers.add(startProxy(services).close);
    closers.add(startSequencer({ ...services, db: database.db }).close);
    const owner = `${hostname()}:${process.pid}:${Buffer.from(random.bytes(4)).toString('hex')}`;
    const engine = startEngine(
      { ...services, db: database.db, requireSchema: () => requireSchemaVersion(database.db, migrations) },
      { ...DEFAULT_ENGINE_OPTIONS, owner, ...options.engine },
    );
    closers.add(engine.drain);
    closers.add(startAlertWatch(services).drain);
  }
  return { url, services, close: closers.closeAll };
}

const withoutHandler = <T extends { readonly handle?: unknown }>({ handle: _, ...queue }: T): Omit<T, 'handle'> =>
  queue;

const WEB_FOLDER = join(import.meta.dirname, '../dist/web');

/** All routes of the product; the shell adds sign-in, accounts, operations, health and the description. */
export const createHttpApp = (services: Services, webhooks: { readonly intake: Intake }) =>
  createApp(services, {
    registrars: [
      registerComplianceRoutes,
      registerCompliancePolicyRoutes,
      registerConsentRoutes,
      registerConsentLedgerRoutes,
      registerNumberValidationRoutes,
      registerContactRoutes,
      registerDncRoutes,
      registerReassignedRoutes,
      registerScrubbingRoutes,
      registerErasureRoutes,
      registerEvidenceRoutes,
      registerImportRoutes,
      registerTemplateRoutes,
      registerCampaignRoutes,
      registerConsentWaiverRoutes,
      registerRecipientRoutes,
      registerInboxRoutes,
      registerOptOutReviewRoutes,
      registerOptInFormRoutes,
      registerOptInPageRoutes,
      registerOptOutLinkRoutes,
      registerOptOutRoutes,
      registerCallRoutes,
      registerWebhookEventRoutes,
      registerReplayRoutes,
      registerDiscardRoutes,
      registerReconciliationRoutes,
      registerSendingPolicyRoutes,
      registerWebhookProxyRoutes,
      describeWebhooks,
      registerAlertRoutes,
      registerAuditRoutes,
      registerHealthRoutes,
    ],
    version: VERSION,
    webDir: WEB_FOLDER,
    door: webhookDoor({ ...services, ...webhooks }),
  });
