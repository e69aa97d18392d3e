// The way of somebody who has nothing but a browser: a click, a greeting of their own, an account by e-mail, a shell, a
// mistake, and the way back. Timed and pictured.

import type { Page } from '@playwright/test';
import { launchByClick } from './setup/browser.ts';
import { expect, get } from './setup/fixtures.ts';
import { follow, newEmail, test } from './setup/mailbox.ts';

const GREETING = 'Hello from a newcomer';

test('from a click to a site of one’s own, and back from a mistake, with nothing but a browser', async ({
  page,
  mailbox,
}) => {
  test.setTimeout(300_000);
  const journey = openJourney(page);
  const email = newEmail();

  const site = await launchByClick(page);
  expect((await get(site.address)).status).toBe(200);
  await journey.reach('click to a site that answers');

  await page.getByRole('link', { name: 'Change the greeting' }).click();
  await page.locator('.cm-line', { hasText: 'GREETING =' }).first().click();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.keyboard.insertText(`GREETING = "${GREETING}"`);
  await page.getByTestId('commit').click();
  await expect(page.getByTestId('commit-live')).toBeVisible({ timeout: 30_000 });
  expect((await get(site.address)).body).toContain(GREETING);
  await journey.reach('a greeting of their own, live');

  await page.goto(`/sites/${site.name}`);
  await page.getByTestId('keep-site').click();
  await expect(page.getByRole('heading', { name: 'Keep your site.' })).toBeVisible();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill('lamp gravel otter');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.waitForURL(`**/sites/${site.name}`);
  await follow(page, await mailbox.link(email));
  await page.goto(`/sites/${site.name}`);
  await expect(page.getByTestId('site-expiry')).toHaveCount(0);
  await journey.reach('an account, its address confirmed by mail');

  await page.getByRole('link', { name: 'Checkpoints' }).click();
  await page.getByLabel('What for').fill('my greeting');
  await page.getByTestId('make-checkpoint').click();
  const row = page.getByTestId('checkpoint').filter({ hasText: 'my greeting' });
  await expect(row).toHaveAttribute('data-status', 'ready', { timeout: 30_000 });
  await journey.reach('a checkpoint');

  await page.getByRole('link', { name: 'Terminal' }).click();
  await expect(page.getByTestId('terminal')).toHaveAttribute('data-state', 'opened', { timeout: 30_000 });
  await expect(page.locator('.xterm-rows')).toContainText(/root@\S+:~#/);
  await page.keyboard.type('id -u; rm -rf /app/* && echo all-is-$((40 + 2))-gone\n');
  await expect(page.locator('.xterm-rows')).toContainText('all-is-42-gone', { timeout: 15_000 });
  await journey.reach('root in a terminal, and a mistake');

  await page.getByRole('link', { name: 'Checkpoints' }).click();
  await row.getByRole('button', { name: /^Restore/ }).click();
  await page.getByTestId('ask-act').click();
  await expect(page.getByTestId('undo-restore')).toBeVisible({ timeout: 60_000 });
  await expect.poll(async () => (await get(site.address)).body, { timeout: 30_000 }).toContain(GREETING);
  await journey.reach('everything as it was');
});

/** Keeps the time of each step and a picture of where it ended. */
function openJourney(page: Page) {
  let at = Date.now();
  return {
    async reach(step: string) {
      const millis = Date.now() - at;
      test.info().annotations.push({ type: step, description: `${millis} ms` });
      await test.info().attach(step, { body: await page.screenshot(), contentType: 'image/png' });
      at = Date.now();
    },
  };
}
