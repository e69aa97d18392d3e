// Random users and random faults, by a seed: LIGHTKEEPER_SOAK_SEED and LIGHTKEEPER_SOAK_SECONDS, or `npm run soak`.

import { expect, test } from './setup/fixtures.ts';
import { clearSites, soak } from './setup/soak/soak.ts';

const seconds = Number(process.env.LIGHTKEEPER_SOAK_SECONDS ?? 60);
const seed = Number(process.env.LIGHTKEEPER_SOAK_SEED ?? Date.now() % 100_000);

test.setTimeout((seconds + 180) * 1_000);

test('what was acknowledged is there after random faults, and nothing else is left', async () => {
  process.stdout.write(`    LIGHTKEEPER_SOAK_SEED=${seed}\n`);
  const { wrong, convergedSeconds, history } = await soak({ seed, seconds }).finally(clearSites);
  process.stdout.write(
    `    seed ${seed}, ${seconds} s: ${history.counts()}; converged after ${convergedSeconds?.toFixed(1)} s\n`,
  );
  expect(wrong, `LIGHTKEEPER_SOAK_SEED=${seed}\n${history}`).toEqual([]);
});
