import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { createContact } from '../contacts/create-contact.ts';
import { runTx } from '../platform/database.ts';
import {
  archiveTemplate,
  createTemplate,
  getTemplate,
  listTemplates,
  restoreTemplate,
  updateTemplate,
} from './manage-templates.ts';
import { previewText } from './preview-text.ts';

const { db } = await testDatabase();
const world = testWorld();
const by = { actor: 'user:1', name: 'Ann' };

const create = (name: string, body = 'Hi {first_name|there}') =>
  runTx(db, (tx) => createTemplate(tx, world, { name, body, by }));
const created = async (name: string, body?: string) => {
  const template = await create(name, body);
  if (!template.ok) throw new Error(template.error.message);
  return template.value;
};
const update = (id: string, version: number, change: { name?: string; body?: string }) =>
  runTx(db, (tx) => updateTemplate(tx, world, { id, version, by, ...change }));
const restore = (id: string) => runTx(db, (tx) => restoreTemplate(tx, world, { id, by }));
const archive = (id: string) => runTx(db, (tx) => archiveTemplate(tx, world, { id, by }));

describe('templates', () => {
  it('refuse a text that does not parse, with its position', async () => {
    const refused = await create('Broken', 'Hi {first_name');
    expect(refused).toMatchObject({ ok: false, error: { kind: 'invalid', errors: [{ pointer: '/body' }] } });
    expect(refused.ok ? '' : refused.error.message).toMatch(/^text: `\{first_name` at position 3 /);
    const template = await created('Whole');
    expect(await update(template.id, 1, { body: '{if}' })).toMatchObject({ ok: false, error: { kind: 'invalid' } });
    expect(await getTemplate(db, template.id)).toMatchObject({ value: { version: 1 } });
  });

  it('refuse a name that is taken, and say so', async () => {
    await created('Spring');
    const other = await created('Autumn');
    const message = 'another template is named "Spring" already; choose another name or change that template';
    const error = { kind: 'conflict', message, errors: [{ pointer: '/name', message }] };
    expect(await create('Spring')).toEqual({ ok: false, error });
    expect(await update(other.id, 1, { name: 'Spring' })).toEqual({ ok: false, error });
  });

  it('of one name made at the same moment: one is made, the other refused', async () => {
    for (const name of ['Twins', 'Triplets', 'Quadruplets']) {
      const all = await Promise.all([1, 2, 3, 4].map(() => create(name)));
      expect(all.filter((outcome) => outcome.ok).length).toBe(1);
    }
  });

  it('keep a change only when it is based on the newest version, and name both versions otherwise', async () => {
    const { id } = await created('Offer');
    expect(await update(id, 1, { body: 'First' })).toMatchObject({
      value: { version: 2, body: 'First', name: 'Offer' },
    });
    const stale = await update(id, 1, { body: 'Second' });
    expect(stale).toMatchObject({ ok: false, error: { kind: 'conflict', state: 'version 2' } });
    expect(stale.ok ? '' : stale.error.message).toBe(
      'template "Offer" is at version 2 by now, and your change is based on version 1: read it again and repeat the change',
    );
    expect(await update(id, 2, { body: 'First' })).toMatchObject({ value: { version: 2 } });
    expect(await getTemplate(db, id)).toMatchObject({ value: { version: 2, body: 'First' } });
  });

  it('leave lists and changes when archived, and give their name back', async () => {
    const { id } = await created('Old');
    expect(await archive(id)).toEqual({ ok: true, value: undefined });
    expect(await archive(id)).toMatchObject({ ok: false, error: { kind: 'not_found' } });
    expect(await update(id, 1, { body: 'x' })).toMatchObject({ ok: false, error: { kind: 'not_found' } });
    expect(await create('Old')).toMatchObject({ ok: true });
    const longest = await created('n'.repeat(200));
    expect(await archive(longest.id)).toMatchObject({ ok: true });
  });

  it('come back under their name when archiving is taken back, unless another has it', async () => {
    const { id } = await created('Winter', 'Brr {first_name|there}');
    await archive(id);
    expect(await restore(id)).toMatchObject({ value: { name: 'Winter', body: 'Brr {first_name|there}', version: 1 } });
    expect(await restore(id)).toMatchObject({ value: { name: 'Winter' } });
    await archive(id);
    await created('Winter');
    expect(await restore(id)).toMatchObject({ ok: false, error: { kind: 'conflict', errors: [{ pointer: '/name' }] } });
    expect(await restore(world.newUuid())).toMatchObject({ ok: false, error: { kind: 'not_found' } });
  });

  it('are listed by name whatever the capitals, page by page, found by name or text', async () => {
    await sql`delete from template`.execute(db);
    for (const name of ['banana', 'Apple', 'Cherry', 'Ápple', 'apple pie'])
      await created(name, `About ${name.toUpperCase()}`);
    const names: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await listTemplates(db, { search: undefined, cursor, limit: 2 });
      if (!page.ok) throw new Error(page.error.message);
      names.push(...page.value.data.map((template) => template.name));
      cursor = page.value.nextCursor ?? undefined;
      more = page.value.nextCursor !== null;
    }
    expect(names.filter((name) => name !== 'Ápple')).toEqual(['Apple', 'apple pie', 'banana', 'Cherry']);
    expect(names.length).toBe(5);
    const found = await listTemplates(db, { search: 'about CHERRY', cursor: undefined, limit: 5 });
    expect(found).toMatchObject({ value: { data: [{ name: 'Cherry' }] } });
    expect(await listTemplates(db, { search: '%', cursor: undefined, limit: 5 })).toMatchObject({
      value: { data: [] },
    });
  });
});

describe('the preview', () => {
  const preview = (body: string, contactId?: string) =>
    previewText(db, { businessName: 'Acme', attributeNames: async () => ['roof_age'] }, { body, contactId });

  it('is for a chosen contact, or for a sample person who has everything', async () => {
    const contact = await runTx(db, (tx) => createContact(tx, world, { phone: '+16175550123', firstName: 'Omar', by }));
    if (!contact.ok) throw new Error(contact.error.message);
    const body = 'Hi {first_name}, {roof_age|old} roof? {business_name}';
    expect(await preview(body, contact.value.id)).toMatchObject({
      value: {
        text: 'Hi Omar, old roof? Acme',
        contact: { id: contact.value.id, name: 'Omar', phone: '+16175550123' },
      },
    });
    expect(await preview(body)).toMatchObject({ value: { text: 'Hi Maria, roof age roof? Acme', contact: null } });
    expect(await preview('Hi {last_name}', contact.value.id)).toMatchObject({
      value: { text: null, error: { position: 3 } },
    });
  });

  it('says where a text does not parse', async () => {
    expect(await preview('Hi }')).toMatchObject({
      value: { text: null, parts: 0, encoding: null, error: { position: 3 } },
    });
  });

  it('refuses a contact that does not exist', async () => {
    expect(await preview('Hi', world.newUuid())).toMatchObject({ ok: false, error: { kind: 'not_found' } });
  });
});
