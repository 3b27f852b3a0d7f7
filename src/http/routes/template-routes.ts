import { getBusiness } from '../../business/business-store.ts';
import { sampleLink } from '../../business/public-address.ts';
import { readAddition } from '../../compliance/opt-out-wording-store.ts';
import { keptUntilContactsChange, readAttributeNames } from '../../contacts/contact-facets.ts';
import {
  archiveTemplate,
  createTemplate,
  getTemplate,
  listTemplates,
  restoreTemplate,
  updateTemplate,
} from '../../messages/manage-templates.ts';
import { previewText } from '../../messages/preview-text.ts';
import type { SavedTemplate } from '../../messages/template-store.ts';
import { runTx } from '../../platform/database.ts';
import { showId } from '../../platform/ids.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/templates.ts';
import { isoText } from '../route-types.ts';

type TemplateServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'live'>;

export function registerTemplateRoutes(api: Api, services: TemplateServices): void {
  registerReads(api, services);
  registerChanges(api, services);
}

function registerReads(api: Api, services: TemplateServices): void {
  const { db } = services.database;
  const attributeNames = keptUntilContactsChange(services, () => readAttributeNames(db));
  api.handle(contract.listTemplates, async ({ query }) => {
    const page = await listTemplates(db, { search: query.search, cursor: query.cursor, limit: query.limit });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showTemplate) }) : page;
  });
  api.handle(contract.getTemplate, async ({ params }) => shown(await getTemplate(db, uuidOf('template', params.id))));
  api.handle(contract.previewText, async ({ body }) => {
    const business = await getBusiness(db);
    const preview = await previewText(
      db,
      {
        businessName: business.name,
        optOutLink: await sampleLink(db),
        attributeNames,
        addition: body.asCampaign === true ? await readAddition(db, services.clock.now()) : undefined,
      },
      { body: body.body, contactId: body.contactId === undefined ? undefined : uuidOf('contact', body.contactId) },
    );
    if (!preview.ok) return preview;
    const { contact } = preview.value;
    return ok({
      ...preview.value,
      contact: contact === null ? null : { ...contact, id: showId('contact', contact.id) },
    });
  });
}

function registerChanges(api: Api, services: TemplateServices): void {
  const { db } = services.database;
  api.effect(contract.createTemplate, {
    effect: async (tx, { body, caller }) => shown(await createTemplate(tx, services, { ...body, by: caller })),
  });
  api.handle(contract.updateTemplate, ({ params, body, caller }) =>
    runTx(db, async (tx) =>
      shown(await updateTemplate(tx, services, { ...body, id: uuidOf('template', params.id), by: caller })),
    ),
  );
  api.handle(contract.archiveTemplate, ({ params, caller }) =>
    runTx(db, async (tx) => {
      const outcome = await archiveTemplate(tx, services, { id: uuidOf('template', params.id), by: caller });
      return outcome.ok ? ok({ ok: true as const }) : outcome;
    }),
  );
  api.handle(contract.restoreTemplate, ({ params, caller }) =>
    runTx(db, async (tx) =>
      shown(await restoreTemplate(tx, services, { id: uuidOf('template', params.id), by: caller })),
    ),
  );
}

const shown = (outcome: Outcome<SavedTemplate>) => (outcome.ok ? ok(showTemplate(outcome.value)) : outcome);

const showTemplate = (template: SavedTemplate) => ({
  ...template,
  id: showId('template', template.id),
  createdAt: isoText(template.createdAt),
  updatedAt: isoText(template.updatedAt),
});
