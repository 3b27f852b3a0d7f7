import { whyLeftOut } from '../../audiences/why-left-out.ts';
import type { Contact, ContactChange } from '../../contacts/contact.ts';
import { keptUntilContactsChange, readContactFacets } from '../../contacts/contact-facets.ts';
import { contactTimeline } from '../../contacts/contact-timeline.ts';
import { createContact } from '../../contacts/create-contact.ts';
import { countContacts, getContact, listContacts } from '../../contacts/list-contacts.ts';
import { type Merge, mergeContacts, rehearseMerge } from '../../contacts/merge-contacts.ts';
import { optOutContact } from '../../contacts/opt-out-contact.ts';
import { channelWords, type TimelineEntry } from '../../contacts/timeline-entry.ts';
import { updateContact } from '../../contacts/update-contact.ts';
import { parseZoneGroupKey } from '../../contacts/zones.ts';
import { sentenceFor } from '../../messages/outcome-sentences.ts';
import { runTx } from '../../platform/database.ts';
import { showId } from '../../platform/ids.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/contacts.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';

type ContactServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'live'>;

export function registerContactRoutes(api: Api, services: ContactServices): void {
  registerReads(api, services);
  registerChanges(api, services);
  registerMerge(api, services);
}

function registerReads(api: Api, services: ContactServices): void {
  const {
    clock,
    database: { db },
  } = services;
  const facets = keptUntilContactsChange(services, () => readContactFacets(db));
  api.handle(contract.listContacts, async ({ query: { cursor, limit, ...filters } }) => {
    const page = await listContacts(db, { filters, cursor, limit });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showContact) }) : page;
  });
  api.handle(contract.countContacts, async ({ query }) => ok(await countContacts(db, query)));
  api.handle(contract.contactFacets, async () => ok(await facets()));
  api.handle(contract.getContact, async ({ params }) => shown(await getContact(db, uuidOf('contact', params.id))));
  api.handle(contract.contactEligibility, async ({ params }) => {
    const leftOut = await whyLeftOut(db, { contactId: uuidOf('contact', params.id), now: clock.now() });
    return leftOut.ok ? ok({ leftOut: leftOut.value }) : leftOut;
  });
  api.handle(contract.contactTimeline, async ({ params, query }) => {
    const page = await contactTimeline(db, {
      id: uuidOf('contact', params.id),
      cursor: query.cursor,
      limit: query.limit,
    });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showEntry) }) : page;
  });
}

function registerChanges(api: Api, services: ContactServices): void {
  api.effect(contract.createContact, {
    effect: async (tx, { body, caller }) => shown(await createContact(tx, services, { ...body, by: caller })),
  });
  api.handle(contract.updateContact, ({ params, body, caller }) =>
    runTx(services.database.db, async (tx) => {
      const change: ContactChange = body;
      return shown(await updateContact(tx, services, { id: uuidOf('contact', params.id), change, by: caller }));
    }),
  );
  api.effect(contract.optOutContact, {
    effect: async (tx, { params, body, caller }) =>
      shown(await optOutContact(tx, services, { id: uuidOf('contact', params.id), note: body.note, by: caller })),
  });
}

function registerMerge(api: Api, services: ContactServices): void {
  const { db } = services.database;
  const ids = (params: { readonly id: string }, body: { readonly from: string }) => ({
    into: uuidOf('contact', params.id),
    from: uuidOf('contact', body.from),
  });
  api.handle(contract.rehearseContactMerge, async ({ params, body, caller }) => {
    const merge = await rehearseMerge(db, services, { ...ids(params, body), by: caller });
    return merge.ok ? ok(showMerge(merge.value)) : merge;
  });
  api.effect(contract.mergeContact, {
    effect: async (tx, { params, body, caller }) => {
      const merge = await mergeContacts(tx, services, { ...ids(params, body), by: caller });
      return merge.ok ? ok(showMerge(merge.value)) : merge;
    },
  });
}

export const showMerge = (merge: Merge) => ({
  ...merge,
  contact: showContact(merge.contact),
  ended: { ...merge.ended, id: showId('contact', merge.ended.id) },
});

const shown = (outcome: Outcome<Contact>) => (outcome.ok ? ok(showContact(outcome.value)) : outcome);

export const showContact = ({ zoneGroup, ...contact }: Contact) => ({
  ...contact,
  id: showId('contact', contact.id),
  zones: parseZoneGroupKey(zoneGroup).zones,
  suppressed:
    contact.suppressed === null
      ? null
      : {
          reason: contact.suppressed.reason,
          sentence: sentenceFor(contact.suppressed.reason).sentence,
          how: channelWords(contact.suppressed.channel),
          since: isoText(contact.suppressed.since),
        },
  lastCampaignTextAt: isoTextOrNull(contact.lastCampaignTextAt),
  createdAt: isoText(contact.createdAt),
  updatedAt: isoText(contact.updatedAt),
});

const showEntry = (entry: TimelineEntry) => ({
  ...entry,
  at: isoText(entry.at),
  campaign: entry.campaign === null ? null : { ...entry.campaign, id: showId('campaign', entry.campaign.id) },
});
