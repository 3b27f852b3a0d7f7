import { runSeed } from './run-seed.ts';
import { withSimulationDatabase } from './server.ts';

const argument = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const one = argument('seed', -1);
const from = one >= 0 ? one : argument('from', 1);
const count = one >= 0 ? 1 : argument('seeds', 20);
const enrollments = argument('enrollments', 300);

let failed = 0;
const began = performance.now();
await withSimulationDatabase(async (connectionString) => {
  for (let seed = from; seed < from + count && !(failed > 0 && process.argv.includes('--stop')); seed += 1) {
    const t = performance.now();
    const result = await runSeed({ seed, connectionString, keepTrace: one >= 0, enrollments });
    if (one >= 0) for (const line of result.trace) process.stdout.write(`${line}\n`);
    const { figures } = result;
    const line = `seed ${seed} ${result.hash.slice(0, 12)} ${Math.round(figures.virtualMs / 1000)} s virtual, ${figures.accepted} accepted, ${figures.crashes} crashes, ${figures.optOuts} opt-outs, ${figures.unknown} settled (${Math.round(performance.now() - t)} ms)`;
    process.stdout.write(`${line}\n`);
    if (result.violations.length === 0) continue;
    failed += 1;
    for (const violation of result.violations.slice(0, 10)) process.stdout.write(`  VIOLATION ${violation}\n`);
  }
});
process.stdout.write(`${count - failed} of ${count} seeds held, ${Math.round((performance.now() - began) / 1000)} s\n`);
process.exitCode = failed === 0 ? 0 : 1;
