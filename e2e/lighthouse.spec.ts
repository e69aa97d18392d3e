// The pages that everybody meets are fast, accessible and well made, as Lighthouse sees them.

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { launchByClick, sitesOf } from './setup/browser.ts';
import { APP_URL, expect, remove, test } from './setup/fixtures.ts';
import { audit, openAuditedBrowser, type Scores } from './setup/lighthouse.ts';

/** Of accessibility and best practices on both devices, and of performance on a desktop. */
const ENOUGH = 95;
/** Of performance on a phone: decision 21 says what was seen, and why not more is asked here. */
const PHONE_ENOUGH = 75;

test('Lighthouse gives the launch page and the pages of a site good marks, on a desktop and on a phone', async () => {
  test.setTimeout(600_000);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-audit-'));
  const { context, port } = await openAuditedBrowser(folder);
  try {
    const seen: [string, Record<string, Scores>][] = [];
    const look = async (place: string, url: string) => seen.push([place, await audit(url, port, wanted)]);
    await look('launch', APP_URL);
    const page = await context.newPage();
    const { name } = await launchByClick(page);
    await page.close();
    for (const place of ['overview', 'deployments', 'metrics', 'files']) {
      await look(place, `${APP_URL}/sites/${name}${place === 'overview' ? '' : `/${place}`}`);
    }
    process.stdout.write(table(seen));
    for (const [place, devices] of seen) {
      for (const [device, scores] of Object.entries(devices)) {
        for (const [category, score] of Object.entries(scores)) {
          const enough = wanted(device, category);
          expect.soft(score, `${category} of ${place} on a ${device}`).toBeGreaterThanOrEqual(enough);
        }
      }
    }
    for (const site of await sitesOf(context)) await remove(site);
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
});

function wanted(device: string, category: string): number {
  return category === 'performance' && device === 'phone' ? PHONE_ENOUGH : ENOUGH;
}

function table(seen: [string, Record<string, Scores>][]): string {
  const line = (place: string) => (entry: [string, Scores]) =>
    `    ${place}, ${entry[0]}: ${Object.entries(entry[1])
      .map(([category, score]) => `${category} ${score}`)
      .join(', ')}\n`;
  return seen.flatMap(([place, devices]) => Object.entries(devices).map(line(place))).join('');
}
