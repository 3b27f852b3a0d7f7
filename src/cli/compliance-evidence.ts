import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { parsePhone } from '../contacts/phone.ts';
import { exportCampaignReport } from '../evidence/campaign-report.ts';
import { proofSchema, verifyProof } from '../evidence/chain-proof.ts';
import { decideEvidenceDocument } from '../evidence/decide-evidence-document.ts';
import { decideReportDocument } from '../evidence/decide-report-document.ts';
import { decideTimeline } from '../evidence/decide-timeline.ts';
import type { PrintedDocument } from '../evidence/document.ts';
import type { Finding } from '../evidence/evidence.ts';
import { digestOfAll, exportEvidence } from '../evidence/read-evidence.ts';
import { renderPdf } from '../evidence/render-pdf.ts';
import { VERSION } from '../version.ts';
import { findCampaign } from './find-campaign.ts';
import { actor, granted, withServices } from './open-services.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { count, printable } from './words.ts';

export interface EvidenceFlags {
  readonly pdf?: string;
  readonly json?: true;
}

export async function evidenceCommand(number: string, { pdf, json }: EvidenceFlags, shell: Shell): Promise<void> {
  const phone = parsePhone(number);
  if (!phone.ok) throw new UsageError(`"${number}" is not a US number such as (617) 555-0123`);
  await withServices(shell, async ({ database: { db }, clock, newUuid }) => {
    const format = pdf === undefined ? 'json' : 'pdf';
    const request = { phone: phone.value, version: VERSION, format, actor: actor().actor } as const;
    const evidence = await exportEvidence({ db, clock, newUuid }, request);
    if (pdf !== undefined) await writePdf(pdf, decideEvidenceDocument(evidence), shell);
    if (json) return shell.out.json(evidence);
    if (pdf !== undefined) return;
    await shell.out.lines(
      ...findingLines(evidence.findings),
      '',
      ...decideTimeline(evidence).flatMap(({ at, title, text, lines }) => [
        printable(`${at.toString({ smallestUnit: 'second' })}  ${title}`),
        ...(text === null ? [] : text.split('\n').map((line) => printable(`    | ${line}`))),
        ...lines.map((line) => printable(`    ${line}`)),
      ]),
    );
  });
}

export async function reportCommand(reference: string, { pdf, json }: EvidenceFlags, shell: Shell): Promise<void> {
  await withServices(shell, async ({ database: { db }, clock, newUuid }) => {
    const { id: campaignId } = await findCampaign(db, reference);
    const format = pdf === undefined ? 'json' : 'pdf';
    const request = { campaignId, version: VERSION, format, actor: actor().actor } as const;
    const report = granted(await exportCampaignReport({ db, clock, newUuid }, request));
    if (pdf !== undefined) await writePdf(pdf, decideReportDocument(report), shell);
    if (json) return shell.out.json(report);
    if (pdf === undefined) await shell.out.lines(...findingLines(report.findings));
  });
}

const findingLines = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ holds, sentence }) => `${holds ? 'kept    ' : 'NOT KEPT'}  ${sentence}`);

async function writePdf(path: string, document: PrintedDocument, shell: Shell): Promise<void> {
  try {
    await pipeline(renderPdf(document), createWriteStream(path));
  } catch (error) {
    throw new CliError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  shell.tell(`Wrote ${path}`);
}

/** Any file with a proof and a digest: of a number, or of a campaign. */
const exported = z.looseObject({ digest: z.string(), proof: proofSchema });

export async function verifyCommand(path: string, shell: Shell): Promise<void> {
  const parsed = exported.safeParse(await readJson(path));
  if (!parsed.success) throw new CliError(`${path} is not what "textwright compliance" exports as JSON`);
  const { digest, ...rest } = parsed.data;
  if (digestOfAll(rest) !== digest) throw new CliError(`${path} was changed: its content does not have its digest`);
  const verdict = verifyProof(parsed.data.proof);
  if (verdict.state === 'broken') throw new CliError(`${path} does not hold. ${verdict.sentence}`);
  const { entries, head } = verdict;
  await shell.out.lines(`${head.seq}:${head.hash}`);
  const fit = `${count(entries, 'entry fits', 'entries fit')} what the file says of the audit log`;
  shell.tell(
    verdict.state === 'unlinked'
      ? `${fit}; that they lead to the head is not in the file: hold them against "textwright audit export".`
      : `${fit}, and lead to its head. Hold that head against one that was noted: textwright audit verify --expect`,
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new CliError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
