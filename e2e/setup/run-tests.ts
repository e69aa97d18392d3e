// `npm test`: installs what the tests need, sweeps what an earlier run left, runs every tier, takes everything down
// again and closes with the counts. Nothing is skipped: what cannot run fails.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseSettings } from '#lib/env.ts';
import { ensureBase } from '#workers/base/build.ts';
import { ensureRemapUser } from '#workers/host/engine.ts';
import { ensurePackages } from '#workers/host/packages.ts';
import { createProgress } from '#workers/host/progress.ts';
import { runModule, runNode } from './run-node.ts';
import { secondInstance, TEST_PACKAGES, TEST_SLOT, testInstance } from './test-instance.ts';

interface Counts {
  passed: number;
  failed: number;
}

const only = process.argv.slice(2);
const progress = createProgress();
const reports = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-test-'));
let counts: Counts = { passed: 0, failed: 0 };
try {
  counts = await runTiers();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  counts.failed += 1;
} finally {
  await rm(reports, { recursive: true, force: true });
}
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed\n`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);

async function runTiers(): Promise<Counts> {
  await progress.step('Packages for the tests', (detail) => ensurePackages(detail, TEST_PACKAGES));
  await progress.step('What an earlier run left', () => takeDown(TEST_SLOT, TEST_SLOT + 1));
  await ensureRemapUser();
  const base = await progress.step('Base filesystem', (detail) =>
    ensureBase(parseSettings(testInstance(TEST_SLOT)), detail),
  );
  const total: Counts = { passed: 0, failed: 0 };
  const wants = (tier: string) => only.length === 0 || only.includes(tier);
  for (const tier of ['pure', 'integration', 'contract']) {
    if (wants(tier)) add(total, await runVitest(tier, base));
  }
  if (wants('e2e')) add(total, await runPlaywright());
  return total;
}

async function runVitest(tier: string, base: string): Promise<Counts> {
  const report = path.join(reports, `${tier}.json`);
  const args = ['run', '--project', tier, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const exitCode = await runModule('vitest/vitest.mjs', args, { LIGHTKEEPER_TEST_BASE: base });
  const {
    numPassedTests: passed,
    numFailedTests,
    numPendingTests,
  } = JSON.parse(await readFile(report, 'utf8')) as Record<string, number>;
  const failed = (numFailedTests ?? 0) + (numPendingTests ?? 0);
  return { passed: passed ?? 0, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}

/** Each instance is started by the same command a person types. */
async function runPlaywright(): Promise<Counts> {
  const [first, beside] = [TEST_SLOT, TEST_SLOT + 1];
  const total: Counts = { passed: 0, failed: 0 };
  try {
    for (const slot of [first, beside]) await runNode(['workers/host/up.ts', '--json'], testInstance(slot));
    const lanes = await Promise.all([runLane('pages', first), runLane('machine', beside)]);
    await takeDown(beside);
    for (const counts of [...lanes, await runLane('alone', first)]) add(total, counts);
    return total;
  } finally {
    await takeDown(first, beside);
  }
}

async function runLane(project: string, slot: number): Promise<Counts> {
  const report = path.join(reports, `${project}.json`);
  const exitCode = await runModule('@playwright/test/cli.js', ['test', `--project=${project}`], {
    ...testInstance(slot),
    LIGHTKEEPER_TEST_SLOT: String(slot),
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  // Without a report it could not run; the other lane's counts are told all the same.
  const { stats } = (await readFile(report, 'utf8').then(JSON.parse, () => ({ stats: {} }))) as {
    stats: Record<string, number>;
  };
  const failed = (stats.unexpected ?? 0) + (stats.skipped ?? 0);
  if (stats.flaky) progress.say(`${stats.flaky} of the tests in "${project}" passed only at their second try`);
  return { passed: (stats.expected ?? 0) + (stats.flaky ?? 0), failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}

async function takeDown(...slots: number[]): Promise<void> {
  for (const instance of slots.flatMap((slot) => [testInstance(slot), secondInstance(slot)])) {
    const exitCode = await runNode(['workers/host/down.ts', '--purge'], instance);
    if (exitCode !== 0) throw new Error(`the instance ${instance.LIGHTKEEPER_INSTANCE} could not be taken down`);
  }
}

function add(total: Counts, more: Counts): void {
  total.passed += more.passed;
  total.failed += more.failed;
}
