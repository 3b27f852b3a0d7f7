import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

/** The built pages; `npm test` builds them before. */
const built = join(import.meta.dirname, '../dist/web');
const sources = join(import.meta.dirname, '../web/src');
const manifestPath = join(built, '.vite/manifest.json');

/** What a first visit may have to fetch before it can do anything. */
const SCRIPT_BYTES_MAX = 250 * 1024;

/** The page files that the route of an address brings in: a list stays beside what is opened from it. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  '/sign-in': ['session/sign-in-page'],
  '/first-run': ['session/first-run-page'],
  '/': ['home/home-page'],
  '/alerts': ['alerts/alerts-page'],
  '/inbox': ['inbox/inbox-page'],
  '/inbox/:id': ['inbox/inbox-page', 'inbox/conversation-pane'],
  '/campaigns': ['campaigns/campaigns-page'],
  '/campaigns/:id': ['campaigns/campaign-page'],
  '/campaigns/:id of a draft': ['campaigns/campaign-page'],
  '/campaigns/:id of a draft with conditions and variants': ['campaigns/campaign-page'],
  '/campaigns/:id/people': ['campaigns/campaign-page', 'campaigns/recipients'],
  '/campaigns/:id/people/:id': ['campaigns/campaign-page', 'campaigns/recipients', 'campaigns/recipient-panel'],
  '/contacts': ['contacts/contacts-page'],
  '/contacts/:id': ['contacts/contacts-page', 'contacts/contact-panel'],
  '/imports': ['imports/imports-page'],
  '/imports/:id': ['imports/import-page'],
  '/templates': ['templates/templates-page'],
  '/templates/:id': ['templates/template-page'],
  '/compliance': ['compliance/compliance-page'],
  '/compliance/opt-out-report': ['compliance/opt-out-report-page'],
  '/compliance/opt-out-report/differences': ['compliance/differences-page'],
  '/compliance/opt-out-report/import': ['compliance/opt-out-import-page'],
  '/compliance/do-not-call': ['compliance/dnc-page'],
  '/compliance/do-not-call/:id': ['compliance/dnc-list-page'],
  '/compliance/do-not-call/reassigned': ['compliance/reassigned-page'],
  '/compliance/do-not-call/service': ['compliance/scrub-page'],
  '/compliance/evidence': ['compliance/evidence-page'],
  '/compliance/consents': ['compliance/ledger-page'],
  '/compliance/consents/:id': ['compliance/ledger-page', 'compliance/ledger-panel'],
  '/compliance/forms': ['compliance/forms-page'],
  '/compliance/forms/:id': ['compliance/form-page'],
  '/compliance/audit-log': ['compliance/audit-page'],
  '/compliance/audit-log/:id': ['compliance/audit-page', 'compliance/audit-panel'],
  '/operations/events': ['operations/events-page'],
  '/operations/events/:id': ['operations/events-page', 'operations/event-panel'],
  '/operations/replays': ['operations/replays-page'],
  '/operations/throughput': ['operations/throughput-page'],
  '/operations/sources': ['operations/sources-page'],
  '/operations/workers': ['operations/workers-page'],
  '/operations/health': ['health/health-page'],
  '/operations/reconciliation': ['reconciliation/runs-page'],
  '/operations/reconciliation/:id': ['reconciliation/run-page'],
  '/compliance/reviews': ['reviews/reviews-page'],
  '/settings': ['settings/settings-page', 'settings/settings-index'],
  '/settings/business': ['settings/settings-page', 'settings/business-page'],
  '/settings/numbers': ['settings/settings-page', 'settings/numbers-page'],
  '/settings/sending-hours': ['settings/settings-page', 'settings/sending-hours-page'],
  '/settings/compliance': ['settings/settings-page', 'settings/compliance-page'],
  '/settings/consent': ['settings/settings-page', 'settings/consent-page'],
  '/settings/alerts': ['settings/settings-page', 'settings/alerts-page'],
  '/settings/number-validation': ['settings/settings-page', 'settings/validation-page'],
  '/number-validation/:id': ['validation/numbers-page'],
  '/settings/team': ['settings/settings-page', 'settings/team-page'],
  '/settings/api-keys': ['settings/settings-page', 'settings/api-keys-page'],
  '/settings/development-proxy': ['settings/settings-page', 'settings/development-proxy-page'],
  '/settings/password': ['settings/settings-page', 'settings/password-page'],
  '/settings/appearance': ['settings/settings-page', 'settings/appearance-page'],
};

/** What a page fetches by itself and shows at once; everything else that it fetches waits for a press. */
const SHOWN_AT_ONCE: Readonly<Record<string, readonly string[]>> = {
  '/settings/alerts': ['settings/alert-form'],
  '/settings/number-validation': ['settings/validation-form'],
  '/campaigns/:id': ['campaigns/live-page', 'campaigns/live-overview'],
  '/campaigns/:id of a draft': ['campaigns/draft-page'],
  '/campaigns/:id of a draft with conditions and variants': [
    'campaigns/draft-page',
    'campaigns/audience-conditions',
    'campaigns/variant-weight',
  ],
  '/campaigns/:id/people': ['campaigns/live-page'],
  '/campaigns/:id/people/:id': ['campaigns/live-page'],
};
/** At the foot of every page on a phone. */
const BOTTOM_BAR = 'shell/bottom-bar';

const manifestSchema = z.record(z.string(), z.object({ file: z.string(), imports: z.array(z.string()).default([]) }));

/** Gzipped bytes of the scripts of these chunks and of all that they import. */
function scriptBytes(manifest: z.infer<typeof manifestSchema>, chunks: readonly string[]): number {
  const files = new Set<string>();
  const open = [...chunks];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`${name} is not among the built files`);
    if (files.has(chunk.file)) continue;
    files.add(chunk.file);
    open.push(...chunk.imports);
  }
  return [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(built, file)), { level: 9 }).length, 0);
}

/** Every file that a route brings in. */
const routedPages = (): readonly string[] =>
  readdirSync(sources).flatMap((feature) => {
    const path = join(sources, feature, 'routes.ts');
    if (!existsSync(path)) return [];
    return [...readFileSync(path, 'utf8').matchAll(/import\('\.\/(.+)\.tsx'\)/g)].map(
      ([, name]) => `${feature}/${name}`,
    );
  });

describe('the first load of a page', () => {
  it('is measured for every page that has a route', () => {
    expect([...new Set(Object.values(PAGES).flat())].sort()).toEqual([...routedPages()].sort());
  });

  it.skipIf(!existsSync(manifestPath)).each(Object.entries(PAGES))('%s: under 250 KB of script', (address, pages) => {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(manifestPath, 'utf8')));
    const behindSignIn = !pages.some((page) => page.startsWith('session/'));
    const files = [...(behindSignIn ? ['shell/shell', BOTTOM_BAR] : []), ...pages, ...(SHOWN_AT_ONCE[address] ?? [])];
    const bytes = scriptBytes(manifest, ['index.html', ...files.map((file) => `src/${file}.tsx`)]);
    expect(bytes, `${address} loads ${Math.round(bytes / 1024)} KB`).toBeLessThan(SCRIPT_BYTES_MAX);
  });
});
