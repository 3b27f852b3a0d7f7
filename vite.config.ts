import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The web app lives in `web/` and is served by the same server as the API; in development Vite passes the API through. */
export default defineConfig({
  root: 'web',
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    sourcemap: true,
    target: 'es2022',
    // Inlined fonts and images would need a wider content security policy.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: { '/v1': { target: process.env['TEXTWRIGHT_API'] ?? 'http://127.0.0.1:7080', changeOrigin: false } },
  },
});
