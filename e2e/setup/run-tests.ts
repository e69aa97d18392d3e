// `npm test`: installs what the tests need, sweeps what an earlier run left, runs every tier, takes everything down
// again and closes with the counts. Nothing is skipped: what cannot run fails.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseSettings } from '#lib/env.ts';
import { ensureBase } from '#workers/base/build.ts';
import { ensureRemapUser } from '#workers/host/engine.ts';
import { ensurePackages } from '#workers/host/packages.ts';
import { createProgress } from '#workers/host/progress.ts';
import { PROJECT_DIR } from '#workers/host/runtime.ts';
import { SECOND_INSTANCE, TEST_INSTANCE, TEST_PACKAGES } from './test-instance.ts';

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
  await progress.step('What an earlier run left', () => takeDown());
  await ensureRemapUser();
  const base = await progress.step('Base filesystem', (detail) => ensureBase(parseSettings(TEST_INSTANCE), detail));
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
  const exitCode = await run('vitest/vitest.mjs', args, { LIGHTKEEPER_TEST_BASE: base });
  const {
    numPassedTests: passed,
    numFailedTests,
    numPendingTests,
  } = JSON.parse(await readFile(report, 'utf8')) as Record<string, number>;
  const failed = (numFailedTests ?? 0) + (numPendingTests ?? 0);
  return { passed: passed ?? 0, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}

/** The instance is started by the same command a person types. */
async function runPlaywright(): Promise<Counts> {
  const report = path.join(reports, 'e2e.json');
  try {
    await node(['workers/host/up.ts', '--json'], TEST_INSTANCE);
    const exitCode = await run('@playwright/test/cli.js', ['test'], {
      ...TEST_INSTANCE,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    });
    const { stats } = JSON.parse(await readFile(report, 'utf8')) as { stats: Record<string, number> };
    const failed = (stats.unexpected ?? 0) + (stats.skipped ?? 0);
    if (stats.flaky) progress.say(`${stats.flaky} of the end-to-end tests passed only at their second try`);
    return { passed: (stats.expected ?? 0) + (stats.flaky ?? 0), failed: exitCode !== 0 && failed === 0 ? 1 : failed };
  } finally {
    await takeDown();
  }
}

async function takeDown(): Promise<void> {
  for (const instance of [TEST_INSTANCE, SECOND_INSTANCE]) {
    const exitCode = await node(['workers/host/down.ts', '--purge'], instance);
    if (exitCode !== 0) throw new Error(`the instance ${instance.LIGHTKEEPER_INSTANCE} could not be taken down`);
  }
}

function run(module: string, args: string[], env: Record<string, string>): Promise<number> {
  return node([path.join('node_modules', module), ...args], env);
}

function node(args: string[], env: Record<string, string>): Promise<number> {
  const options = {
    cwd: PROJECT_DIR,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'] as const,
  };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    ...options,
    stdio: [...options.stdio],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function add(total: Counts, more: Counts): void {
  total.passed += more.passed;
  total.failed += more.failed;
}
