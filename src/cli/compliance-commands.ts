import type { Command } from 'commander';
import type { EvidenceFlags } from './compliance-evidence.ts';
import { withExamples } from './options.ts';
import type { Shell } from './shell.ts';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright compliance evidence "(617) 555-0123" --pdf evidence.pdf', 'all about one number, for a lawyer'],
    ['textwright compliance verify evidence.json', 'whether such a file is as it was written'],
  ]).description('What a court or a person may ask for');

  withExamples(command.command('evidence'), [
    ['textwright compliance evidence +16175550123 --json > evidence.json', 'with what proves it'],
    ['textwright compliance evidence +16175550123 --pdf evidence.pdf', 'for reading'],
  ])
    .description(
      'Consents with their wording, each text with its exact words and why it was allowed, opt-outs with their latency, checks, calls, and the proof that nothing was changed',
    )
    .argument('<number>', 'number of the person, also of one who was erased')
    .option('--pdf <file>', 'write a PDF')
    .option('--json', 'print everything as one JSON object')
    .action(async (number: string, flags: EvidenceFlags) => {
      const { evidenceCommand } = await import('./compliance-evidence.ts');
      await evidenceCommand(number, flags, shell);
    });

  withExamples(command.command('report'), [
    ['textwright compliance report "Spring estimates" --pdf report.pdf', 'for reading'],
    ['textwright compliance report "Spring estimates" --json > report.json', 'with what proves it'],
  ])
    .description('By which rules a campaign was sent, who was left out, its opt-outs with their latency, and the proof')
    .argument('<campaign>', 'name or id')
    .option('--pdf <file>', 'write a PDF')
    .option('--json', 'print everything as one JSON object')
    .action(async (campaign: string, flags: EvidenceFlags) => {
      const { reportCommand } = await import('./compliance-evidence.ts');
      await reportCommand(campaign, flags, shell);
    });

  withExamples(command.command('verify'), [['textwright compliance verify evidence.json', 'needs no database']])
    .description('Recompute the digests and hashes of an exported file; exit code 1 when something does not fit')
    .argument('<file>', 'JSON that "compliance evidence" has made')
    .action(async (file: string) => {
      const { verifyCommand } = await import('./compliance-evidence.ts');
      await verifyCommand(file, shell);
    });
}
