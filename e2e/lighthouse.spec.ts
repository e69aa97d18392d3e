// The pages that everybody meets are fast, accessible and well made, as Lighthouse sees them.

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { launchByClick, sitesOf } from './setup/browser.ts';
import { APP_URL, expect, remove, test } from './setup/fixtures.ts';
import { audit, openAuditedBrowser, type Scores } from './setup/lighthouse.ts';

const ENOUGH = 95;

test('Lighthouse gives the launch page and the pages of a site 95 and more, on a desktop and on a phone', async () => {
  test.setTimeout(600_000);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-audit-'));
  const { context, port } = await openAuditedBrowser(folder);
  try {
    const seen: Record<string, Record<string, Scores>> = { '/': await audit(APP_URL, port, ENOUGH) };
    const page = await context.newPage();
    const { name } = await launchByClick(page);
    await page.close();
    for (const place of ['', '/deployments', '/metrics', '/files']) {
      seen[`/sites/…${place}`] = await audit(`${APP_URL}/sites/${name}${place}`, port, ENOUGH);
    }
    process.stdout.write(table(seen));
    for (const [place, devices] of Object.entries(seen)) {
      for (const [device, scores] of Object.entries(devices)) {
        for (const [category, score] of Object.entries(scores)) {
          expect.soft(score, `${category} of ${place} on a ${device}`).toBeGreaterThanOrEqual(ENOUGH);
        }
      }
    }
    for (const site of await sitesOf(context)) await remove(site);
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
});

function table(seen: Record<string, Record<string, Scores>>): string {
  return Object.entries(seen)
    .flatMap(([place, devices]) =>
      Object.entries(devices).map(([device, scores]) => `${place} ${device} ${Object.values(scores).join(' ')}`),
    )
    .join('\n')
    .concat('\n');
}
