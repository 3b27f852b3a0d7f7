import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Our own parts that most pages need at once. */
const SHARED = /web\/src\/(?:patterns|api)\//;
/** The heavier ones, and those of a few pages, stay with the pages that show them. */
const HEAVY =
  /\/(?:virtual-table|table-columns|column-list|filter-chips|confirm-dialog|zone-select|phone-preview|figure|details|more-button|section-tabs|time-filter)\./;
const OF_FEW = /\/api\/(?:audit|health|imports|inbox|templates|upload-file|webhook-events)\./;
const isShared = (path: string): boolean => SHARED.test(path) && !HEAVY.test(path) && !OF_FEW.test(path);

/** The web app lives in `web/` and is served by the same server as the API; in development Vite passes the API through. */
export default defineConfig({
  root: 'web',
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    // test/web-size.test.ts reads from it what every page loads.
    manifest: true,
    emptyOutDir: true,
    sourcemap: true,
    target: 'es2022',
    // Browsers without it load the same files a little later; the polyfill is in everybody's first load.
    modulePreload: { polyfill: false },
    // Inlined fonts and images would need a wider content security policy.
    assetsInlineLimit: 0,
    // Left alone, each shared icon and pattern becomes a file of its own: up to 100 requests and 15 KB more for a page.
    rolldownOptions: {
      output: {
        // The first file names all others: without words in their names every first load is 3 KB smaller.
        chunkFileNames: 'assets/[hash].js',
        codeSplitting: {
          groups: [
            { name: 'icons', test: /@tabler\/icons-react/, minShareCount: 2 },
            { name: 'shared', test: isShared, minShareCount: 5 },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/v1': { target: process.env['TEXTWRIGHT_API'] ?? 'http://127.0.0.1:7080', changeOrigin: false } },
  },
});
