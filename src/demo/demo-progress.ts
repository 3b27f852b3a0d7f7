import type { CampaignLive } from '../http/contract/campaign-live.ts';
import { type Instant, instant } from '../platform/time.ts';
import type { DemoReport } from './demo-books.ts';

/** What the demo tells while it runs; a terminal redraws one line, anything else gets plain lines. */
export interface DemoProgress {
  resuming(at: Instant): void;
  launched(where: {
    readonly campaignUrl: string;
    readonly email: string;
    readonly password: string;
    readonly resumed: boolean;
  }): void;
  tick(live: CampaignLive, factor: number): void;
  finished(report: readonly string[], where: { readonly url: string; readonly stays: boolean }): void;
}

const ZONE = 'America/New_York';
const clockText = (at: Instant): string =>
  at.toLocaleString('en-US', {
    timeZone: ZONE,
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });

const BAR_WIDTH = 24;

function bar(share: number): string {
  const filled = Math.round(Math.min(1, share) * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
}

const handedOver = ({ campaign: { totals } }: CampaignLive): number => totals.sent + totals.delivered + totals.failed;

function line(live: CampaignLive): string {
  const { totals } = live.campaign;
  const toSend = totals.enrolled - totals.skipped;
  const handed = handedOver(live);
  const parts = [
    `${clockText(instant(live.asOf))}`,
    `${bar(toSend === 0 ? 0 : handed / toSend)} ${handed}/${toSend}`,
    `${totals.delivered} delivered`,
    `${totals.replied} replies`,
    `${totals.opted_out} opted out`,
    `${totals.failed} failed`,
  ];
  return live.waiting === null ? parts.join(' · ') : `${parts.join(' · ')} · ${live.waiting.sentence}`;
}

export interface ProgressOutput {
  write(text: string): void;
  /** Columns of the terminal; undefined when it is none. */
  readonly columns: number | undefined;
}

/** Plain lines come when something went out, and otherwise this often in the demo's own hours: a log of three days stays readable. */
const PLAIN_EVERY_HOURS = 6;

export function demoProgress(output: ProgressOutput): DemoProgress {
  let lastHour = Number.NEGATIVE_INFINITY;
  let lastHanded = -1;
  const terminal = output.columns;
  const endLine = (): void => {
    if (terminal !== undefined) output.write('\r\x1b[2K');
  };
  return {
    resuming: (at) => output.write(`Continuing the demo that was stopped at ${clockText(at)}\n`),
    launched(where) {
      output.write(
        `${where.resumed ? 'Continued' : 'Launched'}: 400 sample contacts, two variants, two numbers; an hour takes a second\n`,
      );
      output.write(`Watch it live: ${where.campaignUrl}\nSign in with:  ${where.email} / ${where.password}\n\n`);
    },
    tick(live, factor) {
      const text = line(live);
      if (terminal !== undefined) output.write(`\r\x1b[2K${text.slice(0, terminal - 1)}`);
      else {
        const hour = instant(live.asOf).epochMilliseconds / 3_600_000;
        const handed = handedOver(live);
        if (factor > 1 && handed === lastHanded && hour - lastHour < PLAIN_EVERY_HOURS) return;
        lastHour = hour;
        lastHanded = handed;
        output.write(`${text}\n`);
      }
    },
    finished(report, where) {
      endLine();
      output.write(`${report.join('\n')}\n`);
      if (where.stays) output.write(`\nStays up at ${where.url} to be explored; Ctrl-C ends it\n`);
    },
  };
}

/** Says nothing but what goes wrong. */
export const silentProgress: DemoProgress = {
  resuming: () => {},
  launched: () => {},
  tick: () => {},
  finished: () => {},
};

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ') || 'none';

export function reportLines(report: DemoReport): readonly string[] {
  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  return [
    `Three business days are over.`,
    `  ${report.contacts} contacts, ${report.enrolled} enrolled, ${sum(report.skipped)} left out (${listed(report.skipped)})`,
    `  ${report.accepted} texts taken by the gateway, ${report.delivered} delivered, ${sum(report.failed)} failed (${listed(report.failed)})`,
    `  ${report.replies} people replied, ${report.optOuts} opted out, ${report.unclearOptOuts} more by an unclear reply`,
    `  ${report.duplicates} texted twice, ${report.lateSends} after an opt-out, ${report.windowViolations} outside the window, ${report.capViolations} over a cap`,
    report.balanced ? 'The books balance.' : `The books do not balance: ${report.differences.join('; ')}`,
  ];
}
