// `npm run bench [NAME] [--json]`: figures beside their raw limits, on a clean instance that it starts and removes.

import { appendFile } from 'node:fs/promises';
import os from 'node:os';
import { parseSettings } from '#lib/env.ts';
import { ensureBase } from '#workers/base/build.ts';
import { ensurePackages } from '#workers/host/packages.ts';
import { createProgress } from '#workers/host/progress.ts';
import { must } from '../setup/programs.ts';
import { TEST_PACKAGES } from '../setup/test-instance.ts';
import { BENCHES } from './benches.ts';
import { BENCH_INSTANCE, untilReady } from './instance.ts';
import { type Figure, renderTable } from './measure.ts';

const RESULTS = '/var/lib/lightkeeper-bench-results.jsonl';
const names = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const json = process.argv.includes('--json');
const progress = createProgress();
const command = (script: string, ...args: string[]) =>
  must('npm', ['run', '-s', script, '--', ...args], { env: BENCH_INSTANCE, timeoutMs: 900_000 });

await progress.step('Packages', (detail) => ensurePackages(detail, TEST_PACKAGES));
const base = await ensureBase(parseSettings(BENCH_INSTANCE), progress.say);
const figures: Figure[] = [];
const failed: string[] = [];
try {
  await progress.step('A clean instance', async () => {
    await command('down', '--purge');
    await command('up', '--json');
    await untilReady(Number(BENCH_INSTANCE.LIGHTKEEPER_READY_SITES));
  });
  for (const bench of BENCHES) {
    if (names.length > 0 && !names.includes(bench.name)) continue;
    // What the others found is told all the same.
    await progress
      .step(bench.name, () => bench.run(base, progress.say))
      .then(
        (found) => figures.push(...found),
        (error) => failed.push(`${bench.name}: ${error instanceof Error ? error.stack : String(error)}`),
      );
  }
} finally {
  await progress.step('Taking the instance down', () => command('down', '--purge'));
}
const record = { at: new Date().toISOString(), cores: os.cpus().length, load: os.loadavg()[0], figures };
await appendFile(RESULTS, `${JSON.stringify(record)}\n`);
process.stdout.write(json ? `${JSON.stringify(record)}\n` : `\n${renderTable(figures)}\n\nKept in ${RESULTS}\n`);
for (const text of failed) process.stderr.write(`\nWithout figures, ${text}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
