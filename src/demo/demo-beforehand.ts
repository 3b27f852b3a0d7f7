import { SANDBOX_ACCOUNT } from '../gateways/sandbox/local-sandbox.ts';
import { DEFAULT_FAULTS, type Faults } from '../gateways/sandbox/options.ts';
import type { Sandbox } from '../gateways/sandbox/sandbox.ts';
import { patience, type WarpClock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { hasUnsent } from './demo-books.ts';

/** Two people who had asked to be left alone before the campaign, and one who asks something. */
export const BEFOREHAND = [
  { from: '+16175550103', to: SANDBOX_ACCOUNT.numbers[0].phone, text: 'STOP' },
  { from: '+16035550104', to: SANDBOX_ACCOUNT.numbers[1].phone, text: 'Please take me off your list' },
  { from: '+15085550105', to: SANDBOX_ACCOUNT.numbers[0].phone, text: 'Do you also do chimneys?' },
] as const;

/** Until the launch no webhook is held back: at the speed of the set-up, its two hours would be twelve minutes of waiting. */
export const SETUP_FAULTS: Faults = { ...DEFAULT_FAULTS, reorderWebhookShare: 0 };

const HEARD_WITHIN_MS = 5 * 60_000;
const LOOK_EVERY_MS = 20;

/** Lets them text and waits until the server has taken and answered it: they must be heard before the campaign begins. */
export async function heardBeforehand(world: {
  readonly clock: WarpClock;
  readonly sandbox: Sandbox;
  readonly db: Db;
}): Promise<void> {
  const { clock, sandbox, db } = world;
  for (const text of BEFOREHAND) if (heard(sandbox, text) === undefined) await sandbox.personTexts(text);
  const giveUpAt = performance.now() + HEARD_WITHIN_MS;
  const unanswered = () => BEFOREHAND.filter((text) => heard(sandbox, text)?.answeredAt === undefined);
  // Their confirmations too: five minutes of patience are over in no time once the clock runs at full speed.
  while (unanswered().length > 0 || (await hasUnsent(db))) {
    if (performance.now() > giveUpAt)
      throw new Error(
        `${unanswered().length} texts of people were not taken by the server within ${HEARD_WITHIN_MS / 1000} s; see the log`,
      );
    await clock.sleep(patience(clock, LOOK_EVERY_MS));
  }
}

const heard = (sandbox: Sandbox, text: (typeof BEFOREHAND)[number]) =>
  sandbox.inbound().find((known) => known.from === text.from && known.text === text.text);
