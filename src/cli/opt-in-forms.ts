import { text } from 'node:stream/consumers';
import { createOptInForm } from '../http/contract/opt-in-forms.ts';
import { newFormOf, showForm } from '../http/routes/opt-in-form-routes.ts';
import { changeForm, createForm } from '../opt-in-forms/manage-forms.ts';
import type { OptInForm } from '../opt-in-forms/opt-in-form.ts';
import { listForms } from '../opt-in-forms/opt-in-form-store.ts';
import { type Db, runTx } from '../platform/database.ts';
import { parseId } from '../platform/ids.ts';
import { systemRandom } from '../platform/random.ts';
import type { Json } from './consents.ts';
import { actor, type CliServices, granted, withServices } from './open-services.ts';
import { serverAddress } from './server-address.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { printable, table } from './words.ts';

export interface FormFlags {
  readonly language: string;
}

export async function listCommand({ json }: Json, shell: Shell): Promise<void> {
  await withServices(shell, async (services) => {
    const { publicUrl } = await serverAddress(services);
    const forms = (await listForms(services.database.db)).map((form) => showForm(form, publicUrl()));
    if (json) for (const form of forms) await shell.out.json(form);
    else if (forms.length === 0) await shell.out.lines('There is no form.');
    else await shell.out.lines(...table(forms.map(formCells)));
  });
}

const shown = async (form: OptInForm, services: CliServices) =>
  showForm(form, (await serverAddress(services)).publicUrl());

const formCells = ({ name, open, version, address, id }: ReturnType<typeof showForm>): readonly string[] => [
  printable(name),
  open ? 'open' : 'closed',
  `version ${version}`,
  address,
  id,
];

export async function createCommand(flags: Json, shell: Shell): Promise<void> {
  const { schema } = createOptInForm.request.body.content['application/json'];
  const parsed = schema.safeParse(jsonIn(await text(shell.stdin())));
  if (!parsed.success)
    throw new UsageError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  const form = newFormOf(parsed.data);
  await withServices(shell, async (services) => {
    const deps = { ...services, random: systemRandom };
    const made = granted(await runTx(services.database.db, (tx) => createForm(tx, deps, { form, by: actor() })));
    await tell(await shown(made, services), flags, shell);
  });
}

function jsonIn(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch (cause) {
    throw new UsageError('standard input is no JSON object: give it what POST /v1/opt-in-forms takes', { cause });
  }
}

export async function openCommand(reference: string, open: boolean, shell: Shell): Promise<void> {
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const { id } = await findForm(db, reference);
    const changed = await runTx(db, (tx) => changeForm(tx, services, { id, change: { open }, by: actor() }));
    await tell(await shown(granted(changed), services), {}, shell);
  });
}

const tell = (form: ReturnType<typeof showForm>, { json }: Json, shell: Shell): Promise<void> =>
  json ? shell.out.json(form) : shell.out.lines(...table([formCells(form)]));

export async function snippetCommand(reference: string, { language }: FormFlags, shell: Shell): Promise<void> {
  await withServices(shell, async (services) => {
    const { name, snippets } = await shown(await findForm(services.database.db, reference), services);
    const snippet = snippets.find((one) => one.language === language);
    if (snippet === undefined) throw new CliError(`form "${name}" has no words in the language ${language}`);
    await shell.out.write(snippet.html);
  });
}

async function findForm(db: Db, reference: string): Promise<OptInForm> {
  const id = parseId('optInForm', reference);
  const found = (await listForms(db)).find((form) => form.id === id || form.name === reference);
  if (found === undefined)
    throw new CliError(`there is no form "${reference}"; "textwright consent form list" shows all`);
  return found;
}
