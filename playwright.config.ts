import { defineConfig } from '@playwright/test';
import { TEST_INSTANCE } from './e2e/setup/test-instance.ts';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: `/tmp/lightkeeper-test-results${process.env.LIGHTKEEPER_TEST_SLOT ?? ''}`,
  // Two cores and one kernel: tests that fill disks and memory are not run beside each other.
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
