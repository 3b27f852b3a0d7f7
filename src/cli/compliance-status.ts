import type { ComplianceStatus } from '../http/contract/compliance.ts';
import { showCompliance } from '../http/routes/compliance-routes.ts';
import { readCompliance } from '../operations/read-compliance.ts';
import { withServices } from './open-services.ts';
import type { Shell } from './shell.ts';
import { count, table } from './words.ts';

export async function statusCommand(json: true | undefined, shell: Shell): Promise<void> {
  const status = await withServices(shell, async ({ database, clock }) =>
    showCompliance(await readCompliance(database.db, clock)),
  );
  if (json) return shell.out.json(status);
  await shell.out.lines(
    ...table([
      ...optOutRows(status),
      ...peopleRows(status),
      ...status.dncLists.map(({ name, sentence }) => [name, sentence]),
      ['Unclear replies', `${count(status.heldNumbers, 'number')} held until a person decides`],
      [
        'Opted out elsewhere',
        `${count(status.unheardOptOuts, 'number')} refused by a provider that nothing here forbade`,
      ],
      ['Audit log', `${status.audit.sealed} sealed, ${status.audit.waiting} waiting, ${status.audit.overdue} overdue`],
      ['Last verified', verifiedText(status.audit.verified)],
      ...status.rules.map(({ name, version }) => [name, `version ${version}`]),
    ]),
  );
}

const verifiedText = (verified: ComplianceStatus['audit']['verified']): string =>
  verified === null
    ? 'never: textwright audit verify'
    : `${verified.at} by ${verified.byName ?? verified.by}: ${verified.state}. ${verified.sentence}`;

function optOutRows({ days, optOuts, confirmations, levels }: ComplianceStatus): readonly (readonly string[])[] {
  const { total, byCampaign, byLane, byWay } = optOuts;
  return [
    [
      `Opt-outs of ${days} days`,
      `${rateText(total)}; carriers: ${percent(levels.flagged)} flags, ${percent(levels.suspended)} stops`,
    ],
    ...byCampaign.map((rate) => [`  ${rate.name ?? rate.key}`, rateText(rate)]),
    ...byLane.map((rate) => [`  from ${rate.name ?? rate.key}`, rateText(rate)]),
    ...byWay.map(({ how, count: n, p50Ms, p99Ms }) => [
      `  by ${how.replace('_', ' ')}`,
      `${n}${tookText({ p50Ms, p99Ms })}`,
    ]),
    [
      'Confirmations',
      `${confirmations.sent} sent${tookText(confirmations)}${decidedText(confirmations)}, ${confirmations.notSent} not sent`,
    ],
  ];
}

const peopleRows = ({ people, blocked, days }: ComplianceStatus): readonly (readonly string[])[] => [
  ['Textable now', `${people.textable} of ${people.contacts} contacts, counted ${people.countedAt}`],
  ...people.excluded.map(({ sentence, count: n }) => [`  ${sentence}`, String(n)]),
  [
    'Written consent',
    `${people.writtenConsent} of ${people.contacts}; express ${people.expressConsent}, taken back ${people.takenBack}`,
  ],
  [`Held back in ${days} days`, String(blocked.reduce((sum, one) => sum + one.count, 0))],
  ...blocked.map(({ sentence, count: n }) => [`  ${sentence}`, String(n)]),
];

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

/** "8 of 100 texts, 8 % (flagged)". */
export function rateText({
  texts,
  optOuts,
  alarm,
}: Pick<ComplianceStatus['optOuts']['total'], 'texts' | 'optOuts' | 'alarm'>): string {
  const counts = `${optOuts} of ${count(texts, 'text')}`;
  if (texts === 0) return counts;
  const word = alarm === 'fine' ? '' : alarm === 'few' ? ' (too few to say)' : ` (${alarm})`;
  return `${counts}, ${percent(optOuts / texts)}${word}`;
}

/** Only where people took time to decide. */
const decidedText = ({ p99Ms, p99HeardMs }: ComplianceStatus['confirmations']): string =>
  p99HeardMs === null || p99HeardMs === p99Ms ? '' : ` (${duration(p99HeardMs)} of the receipt, with decisions)`;

export const tookText = ({ p50Ms, p99Ms }: { readonly p50Ms: number | null; readonly p99Ms: number | null }): string =>
  p50Ms === null || p99Ms === null ? '' : `, half within ${duration(p50Ms)}, 99 % within ${duration(p99Ms)}`;

function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
