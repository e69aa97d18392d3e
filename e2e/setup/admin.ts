// The operator at the browser.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { SETTINGS } from './host-state.ts';

/** The secret that `up` printed. */
export async function readAdminSecret(): Promise<string> {
  const secrets = JSON.parse(await readFile(path.join(SETTINGS.dataDir, 'secrets.json'), 'utf8')) as Record<
    string,
    string
  >;
  if (!secrets.adminSecret) throw new Error('the instance has no admin secret');
  return secrets.adminSecret;
}

/** Signs in; the browser is then at the table of all sites. One address has five attempts a minute. */
export async function signInAsAdmin(page: Page): Promise<void> {
  await page.goto('/admin/sign-in');
  await page.getByLabel('Admin secret').fill(await readAdminSecret());
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/admin$/);
}
