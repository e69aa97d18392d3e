// `npm run soak -- --minutes 30 --seed 7`: brings the test instance up and soaks it, seed after seed with `--seeds 5`.

import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { PROJECT_DIR } from '#workers/host/runtime.ts';
import { TEST_INSTANCE } from '../test-instance.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    seeds: { type: 'string', default: '1' },
  },
});
const [minutes, first, count] = [Number(values.minutes), Number(values.seed), Number(values.seeds)];
if (![minutes, first, count].every((number) => Number.isFinite(number) && number > 0)) {
  process.stderr.write('Give --minutes, --seed and --seeds as numbers above 0.\n');
  process.exit(1);
}

let failed = await node(['workers/host/up.ts', '--json'], {});
for (let seed = first; seed < first + count && failed === 0; seed += 1) {
  failed = await node(
    ['node_modules/@playwright/test/cli.js', 'test', 'e2e/soak.spec.ts', '--retries=0', '--reporter=list'],
    {
      LIGHTKEEPER_SOAK_SECONDS: String(Math.round(minutes * 60)),
      LIGHTKEEPER_SOAK_SEED: String(seed),
    },
  );
}
process.exit(failed);

function node(args: string[], env: Record<string, string>): Promise<number> {
  const options = { cwd: PROJECT_DIR, env: { ...process.env, ...TEST_INSTANCE, ...env }, stdio: 'inherit' as const };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], options);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
