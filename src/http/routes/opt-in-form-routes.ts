import type { z } from '@hono/zod-openapi';
import { formSnippet } from '../../opt-in-forms/form-html.ts';
import { changeForm, createForm, type NewForm } from '../../opt-in-forms/manage-forms.ts';
import { formAddress, type OptInForm } from '../../opt-in-forms/opt-in-form.ts';
import { listForms } from '../../opt-in-forms/opt-in-form-store.ts';
import { runTx } from '../../platform/database.ts';
import { showId } from '../../platform/ids.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/opt-in-forms.ts';
import { isoText } from '../route-types.ts';

type FormServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'random' | 'publicUrl'>;

export function registerOptInFormRoutes(api: Api, services: FormServices): void {
  const { db } = services.database;
  const show = (form: OptInForm) => showForm(form, services.publicUrl());
  api.handle(contract.listOptInForms, async () => ok({ data: (await listForms(db)).map(show) }));
  api.effect(contract.createOptInForm, {
    effect: async (tx, { body, caller }) => {
      const made = await createForm(tx, services, { form: newFormOf(body), by: caller });
      return made.ok ? ok(show(made.value)) : made;
    },
  });
  api.handle(contract.changeOptInForm, async ({ params, body, caller }) => {
    const id = uuidOf('optInForm', params.id);
    const { laneId, ...rest } = body;
    const change = { ...rest, laneId: laneId === undefined ? undefined : uuidOf('lane', laneId) };
    const changed = await runTx(db, (tx) => changeForm(tx, services, { id, change, by: caller }));
    return changed.ok ? ok(show(changed.value)) : changed;
  });
}

type NewFormBody = z.infer<
  (typeof contract.createOptInForm)['request']['body']['content']['application/json']['schema']
>;
/** What the API and the command line take. */
export const newFormOf = ({ laneId, ...body }: NewFormBody): NewForm => ({ ...body, laneId: uuidOf('lane', laneId) });

export function showForm({ id, token, laneId, closedAt, createdAt, ...form }: OptInForm, publicUrl: string) {
  const address = formAddress(publicUrl, token);
  return {
    ...form,
    id: showId('optInForm', id),
    laneId: showId('lane', laneId),
    open: closedAt === null,
    address,
    snippets: form.wordings.map((wording) => ({
      language: wording.language,
      html: formSnippet({ address, version: form.version, wording }),
    })),
    createdAt: isoText(createdAt),
  };
}
