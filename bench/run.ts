import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run bench -- [NAME ...] [--json]`: each bench measures its subject against a reference in the same run. */
const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.replace('.ts', ''));
const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith('--'));
const names = args.filter((arg) => !arg.startsWith('--'));
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`unknown bench ${unknown.join(', ')}: there are ${known.join(', ')}\n`);
  process.exit(2);
}
const failed = (names.length === 0 ? known : names).filter(
  (name) =>
    spawnSync(process.execPath, ['--max-semi-space-size=16', join(import.meta.dirname, `${name}.ts`), ...flags], {
      stdio: 'inherit',
    }).status !== 0,
);
if (failed.length > 0) process.stderr.write(`fell short: ${failed.join(', ')}\n`);
process.exit(failed.length > 0 ? 1 : 0);
