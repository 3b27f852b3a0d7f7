import type { Command } from 'commander';
import type { ConsentPolicy } from '../compliance/consent-policy.ts';
import type { ConsentPolicyInput } from '../http/contract/campaign-consent.ts';
import { CONSENT_FLAG, consentPolicyOption } from './consent-policy-flag.ts';
import { withExamples } from './options.ts';
import type { Shell } from './shell.ts';
import { table } from './words.ts';

interface Flags {
  readonly json?: true;
}

/** `settings default-consent`. */
export function defineDefaultConsent(command: Command, shell: Shell): void {
  withExamples(command.helpCommand(false), [
    ['textwright settings default-consent show', 'which consent a new campaign asks for'],
    ['textwright settings default-consent set informational', 'for whoever sends reminders'],
  ]).description('Which consent a new campaign asks for until somebody chooses another one for it');
  command
    .command('show')
    .description('The policy of new campaigns')
    .option('--json', 'print it as JSON')
    .action((flags: Flags) => show(flags, shell));
  command
    .command('set')
    .description('Change it for campaigns that are made from then on')
    .argument('<policy>', CONSENT_FLAG, consentPolicyOption)
    .option('--json', 'print the new setting as JSON')
    .action((policy: ConsentPolicyInput, flags: Flags) => set(policy, flags, shell));
}

async function show({ json }: Flags, shell: Shell): Promise<void> {
  const { withServices } = await import('./open-services.ts');
  const { getDefaultConsent } = await import('../compliance/default-consent-store.ts');
  await tell(await withServices(shell, ({ database }) => getDefaultConsent(database.db)), json, shell);
}

async function set(policy: ConsentPolicyInput, { json }: Flags, shell: Shell): Promise<void> {
  const { actor, withServices } = await import('./open-services.ts');
  const { changeDefaultConsent } = await import('../compliance/change-consent-settings.ts');
  const { consentPolicyOf } = await import('../http/routes/campaign-routes.ts');
  const changed = await withServices(shell, (services) =>
    changeDefaultConsent(
      { ...services, db: services.database.db },
      { change: consentPolicyOf(policy), actor: actor().actor },
    ),
  );
  await tell(changed, json, shell);
}

const tell = ({ policy, kinds }: ConsentPolicy, json: true | undefined, shell: Shell): Promise<void> =>
  json
    ? shell.out.json({ policy, kinds })
    : shell.out.lines(
        ...table([['New campaigns ask for', kinds === null ? policy : `${policy}: ${kinds.join(', ')}`]]),
      );
