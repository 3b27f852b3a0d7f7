import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** The package: dist/ from src/ for the server and the command line, dist/web for the pages. */
const root = join(import.meta.dirname, '..');
const run = (command: string, ...args: readonly string[]): void => {
  execFileSync(command, args, { cwd: root, stdio: 'inherit' });
};
rmSync(join(root, 'dist'), { recursive: true, force: true });
run('tsc', '-p', 'tsconfig.build.json');
run('node', 'scripts/ensure-web.ts');
