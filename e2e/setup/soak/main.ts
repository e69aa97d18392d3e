// `npm run soak -- --minutes 30 --seed 7`: brings the test instance up and soaks it, seed after seed with `--seeds 5`; then
// takes it down, unless with `--keep` for a look at what is wrong.

import { parseArgs } from 'node:util';
import { runModule, runNode } from '../run-node.ts';
import { TEST_INSTANCE } from '../test-instance.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    seeds: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
});
const [minutes, first, count] = [Number(values.minutes), Number(values.seed), Number(values.seeds)];
if (![minutes, first, count].every((number) => Number.isFinite(number) && number > 0)) {
  process.stderr.write('Give --minutes, --seed and --seeds as numbers above 0.\n');
  process.exit(1);
}

let failed = await runNode(['workers/host/up.ts', '--json'], TEST_INSTANCE);
for (let seed = first; seed < first + count && failed === 0; seed += 1) {
  failed = await runModule('@playwright/test/cli.js', ['test', 'e2e/soak.spec.ts', '--retries=0', '--reporter=list'], {
    ...TEST_INSTANCE,
    LIGHTKEEPER_SOAK_SECONDS: String(Math.round(minutes * 60)),
    LIGHTKEEPER_SOAK_SEED: String(seed),
  });
}
const down = values.keep ? 0 : await runNode(['workers/host/down.ts', '--purge'], TEST_INSTANCE);
process.exit(failed || down);
