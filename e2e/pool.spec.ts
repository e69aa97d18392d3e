// The disk of the whole machine runs low although every site keeps its own limit: who fills it is held before anybody
// else's writes fail, launches are refused with the numbers, and all is as before once there is room.

import { rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { POOL_RESERVE_SHARE } from '#lib/limits/judge-pool.ts';
import { launchByClick, test } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, expect, ssh, watch } from './setup/fixtures.ts';
import { MB, SETTINGS } from './setup/host-state.ts';
import { must } from './setup/programs.ts';

const FILLER = path.join(SETTINGS.paths.pool, 'filler-of-a-test');
/** 40 MB a second, up to more than a site's disk. */
const WRITE = `import time
try:
  with open("/root/growing", "wb", buffering=0) as file:
    for number in range(300):
      file.write(b"x" * (4 << 20))
      time.sleep(0.1)
except OSError as error: print(error.strerror)`;

const JSON_HEADERS = { 'content-type': 'application/json' };

const launchAnswer = async () => {
  const response = await fetch(`${APP_URL}/api/sites`, { method: 'POST', body: '{}', headers: JSON_HEADERS });
  return { status: response.status, text: await response.text() };
};
async function leaveFree(bytes: number): Promise<void> {
  const { bsize, bavail } = await statfs(SETTINGS.paths.pool);
  await must('fallocate', ['-l', String(bsize * bavail - bytes), FILLER]);
}

test('the site that fills the machine is held, the others write on, launches are refused, and room ends it', async ({
  page,
  neighbour,
}) => {
  const site = await launchByClick(page);
  const others = watch(neighbour);
  const since = new Date();
  const { bsize, blocks } = await statfs(SETTINGS.paths.pool);
  const reserve = bsize * blocks * POOL_RESERVE_SHARE;
  try {
    await leaveFree(reserve + 150 * MB);
    const written = await ssh(site, 'python3 -; du -m /root/growing', { input: WRITE, timeoutMs: 100_000 });
    expect(written.stdout).toContain('Disk quota exceeded');
    expect(Number(/(\d+)\s*\/root\/growing/.exec(written.stdout)?.[1])).toBeLessThan(1000);

    const words = /The machine's disk is nearly full: [\d.]+ GB of 10 GB\. This site grew the fastest, by .* a second/;
    await expect(page.getByTestId('notice-disk')).toContainText(words);
    await expect(page.getByTestId('event-disk').first()).toContainText(words);
    const beside = await ssh(neighbour, 'head -c 5M /dev/urandom > ~/mine && sync && echo written');
    expect(beside, beside.stderr).toMatchObject({ code: 0, stdout: 'written\n' });
    const refused = await launchAnswer();
    expect(refused.status).toBe(503);
    expect(refused.text).toMatch(/This machine is full: [\d.]+ GB of 10 GB of its disk is used/);
    const told = () => query(`select level from "Event" where kind = 'pool' and at > $1 order by at`, [since]);
    expect(await told()).toEqual([{ level: 'over' }]);

    await rm(FILLER);
    await expect(page.getByTestId('notice-disk')).toBeHidden({ timeout: 40_000 });
    expect(await told()).toEqual([{ level: 'over' }, { level: 'info' }]);
    const again = () => ssh(site, 'rm -f ~/growing && head -c 50M /dev/zero > ~/more && echo written');
    await expect.poll(async () => (await again()).stdout, { timeout: 20_000 }).toBe('written\n');
  } finally {
    await rm(FILLER, { force: true });
  }
  const { asked, failed } = await others.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(20);
});

test('the pool keeps room for its own trees, however much of it data has taken', async () => {
  const shown = await must('btrfs', ['filesystem', 'usage', '--raw', SETTINGS.paths.pool]);
  const [, size = 0, used = 0] = /^Metadata,\S+ Size:(\d+), Used:(\d+)/m.exec(shown)?.map(Number) ?? [];
  expect(size - used).toBeGreaterThan(200 * MB);
});
