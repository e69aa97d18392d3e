import { defineConfig } from '@playwright/test';
import { ALONE, MACHINE } from './e2e/setup/lanes.ts';
import { TEST_INSTANCE } from './e2e/setup/test-instance.ts';

export default defineConfig({
  testDir: 'e2e',
  projects: [
    { name: 'pages', testMatch: '**/*.spec.ts', testIgnore: [...MACHINE, ...ALONE] },
    { name: 'machine', testMatch: MACHINE },
    { name: 'alone', testMatch: ALONE },
  ],
  outputDir: `/tmp/lightkeeper-test-results${process.env.LIGHTKEEPER_TEST_SLOT ?? ''}`,
  // Two cores and one kernel: of the tests of one instance none are run beside each other.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json']],
  forbidOnly: true,
  // Real kernels, networks and browsers on two shared cores: what passes only at its second try is reported as flaky.
  retries: 1,
  use: {
    baseURL: `http://localhost:${TEST_INSTANCE.LIGHTKEEPER_HTTP_PORT}`,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
