import { runSeed } from './run-seed.ts';
import { withSimulationDatabase } from './server.ts';

const tot = new Map<string, [number, number]>();
await withSimulationDatabase(async (backends) => {
  const orig = backends.run;
  (backends as any).run = async (b: any, text: string, values: any) => {
    const t = performance.now();
    try {
      return await orig(b, text, values);
    } finally {
      const k = text.replace(/\s+/g, ' ').trim().slice(0, 90);
      const e = tot.get(k) ?? [0, 0];
      e[0] += performance.now() - t;
      e[1] += 1;
      tot.set(k, e);
    }
  };
  const t0 = performance.now();
  let st = 0;
  let apart = 0;
  const oq = backends.apart.query;
  (backends.apart as any).query = async (...a: any) => {
    const t = performance.now();
    try {
      return await (oq as any)(...a);
    } finally {
      apart += performance.now() - t;
    }
  };
  for (let seed = 11; seed < 19; seed++) {
    const r = await runSeed({ seed, backends, keepTrace: false, enrollments: 300 });
    st += r.figures.statements;
  }
  console.log('seeds 8', (performance.now() - t0) / 1000, 's', st, 'apart', apart);
  for (const [k, [ms, n]] of [...tot].sort((a, b) => b[1][0] - a[1][0]).slice(0, 40))
    console.log(ms.toFixed(0).padStart(6), String(n).padStart(6), (ms / n).toFixed(3), k);
});
