import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { AUDIT_ACTIONS, type AuditAction } from '../src/compliance/audit-action.ts';
import { ID_PREFIXES, type IdKind } from '../src/platform/ids.ts';
import { actsOfCompliance } from './acts-of-compliance.ts';
import { actsOfGateways } from './acts-of-gateways.ts';
import { actsOfPeople } from './acts-of-people.ts';
import { actsOfTheOffice } from './acts-of-the-office.ts';
import { type Actor, actsWorld } from './acts-world.ts';

/** What must be provable years later leaves an entry in the log, whoever does it: one act of each kind, by the product's own ways. */
const world = await actsWorld();
const ACTS = [...actsOfCompliance(world), ...actsOfTheOffice(world), ...actsOfPeople(world), ...actsOfGateways(world)];
const { db } = world;

const ACTORS: Readonly<Record<Actor, RegExp>> = {
  owner: /^user:usr_/,
  system: /^system$/,
  contact: /^contact$/,
  anonymous: /^anonymous$/,
};
type Noun = AuditAction extends infer A ? (A extends `${infer N}.${string}` ? N : never) : never;
const idOf = (kind: IdKind): RegExp => new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-f]{32}$`);
const PHONE = /^\+1\d{10}$/;
/** What the acts of each kind are about. */
const SUBJECTS: Readonly<Record<Noun, RegExp>> = {
  account: idOf('account'),
  alert: idOf('alert'),
  alerts: /^alerts$/,
  api_key: idOf('apiKey'),
  audit: /^audit(_log)?$/,
  business: /^business$/,
  campaign: idOf('campaign'),
  confirmation: PHONE,
  consent: idOf('consent'),
  consent_validity: /^consent_validity$/,
  consents: /^consents$/,
  contact: idOf('contact'),
  conversation: idOf('conversation'),
  default_consent: /^default_consent$/,
  dnc_exemption: idOf('dncExemption'),
  dnc_list: idOf('dncList'),
  double_opt_in: /^double_opt_in$/,
  events: /^(aud_[0-9a-f]{32}|events)$/,
  evidence: PHONE,
  health: idOf('account'),
  help: PHONE,
  import: idOf('import'),
  lane: idOf('lane'),
  message: idOf('message'),
  number: PHONE,
  number_validation: /^(number_validation|val_[0-9a-f]{32})$/,
  opt_in: PHONE,
  opt_in_form: idOf('optInForm'),
  opt_out_review: idOf('optOutReview'),
  opt_out_review_settings: /^opt_out_review$/,
  opt_out_wording: /^opt_out_wording$/,
  opt_outs: /^(opt_outs|.*\.csv)$/,
  person: idOf('erasure'),
  proxy_target: idOf('proxyTarget'),
  reassigned_numbers: idOf('reassignedCheck'),
  reconciliation: idOf('reconciliation'),
  replay: idOf('replay'),
  scrubbing: /^(scrubbing|scr_[0-9a-f]{32})$/,
  sending: /^sending$/,
  sending_policy: /^sending_policy$/,
  template: idOf('template'),
  user: idOf('user'),
  webhooks: idOf('account'),
};
const subjectOf = (action: AuditAction): RegExp => SUBJECTS[action.slice(0, action.indexOf('.')) as Noun];

const NAMED = ACTS.map(([what, act, entries, actor = 'owner']) => ({ what, act, entries, actor }));
it.each(NAMED)('$what is in the audit log', async ({ act, entries, actor }) => {
  const before = (await world.owner.get('/v1/audit-entries?limit=1')).json.data[0].id;
  const answer = await act();
  if (answer instanceof Object && 'status' in answer)
    expect(answer, JSON.stringify(answer)).toMatchObject({ status: expect.toSatisfy((status) => status < 300) });
  const { rows } = await sql<{ action: AuditAction; actor: string; subject: string; detail: object }>`
    select action, actor, subject, detail from audit_entry where id > ${before.replace('aud_', '')}::uuid order by id`.execute(
    db,
  );
  const found = Object.fromEntries(rows.map((row) => [row.action, row]));
  const expected = Object.entries(entries).map(([action, detail]) => [
    action,
    {
      actor: expect.stringMatching(ACTORS[actor]),
      subject: expect.stringMatching(subjectOf(action as AuditAction)),
      detail,
    },
  ]);
  expect(found).toMatchObject(Object.fromEntries(expected));
});

/** Acts that take more than this world has: where they are done, and their entries checked. */
const ELSEWHERE: Readonly<Partial<Record<AuditAction, string>>> = {
  'account.moved': 'test/stay-in-sandbox.pg.test.ts',
  'account.stopped_foreign_texts': 'src/sending/clone-guard.pg.test.ts',
  'proxy_target.given_up': 'src/webhooks/proxy-failing-target.pg.test.ts',
};

it('every act that can be written down is done above or elsewhere, so that none is forgotten', async () => {
  const rows = new Set(ACTS.flatMap(([, , entries]) => Object.keys(entries)));
  for (const [action, path] of Object.entries(ELSEWHERE))
    if ((await readFile(join(import.meta.dirname, '..', path), 'utf8')).includes(`'${action}'`)) rows.add(action);
  expect(AUDIT_ACTIONS.filter((action) => !rows.has(action))).toEqual([]);
});
