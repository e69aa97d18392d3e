// A site's whole disk at earlier moments: kept by hand and before each push, gone back to with everything, and that undone;
// within the disk's limit, for those who may, also when the worker is killed in the middle.

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckpointList, CheckpointView } from '#lib/checkpoints/view.ts';
import { expectAccessible } from './setup/axe.ts';
import { test as browserTest, launchByClick } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, api, expect, get, remove, type Site, ssh, status, test, watch } from './setup/fixtures.ts';
import { mustGit, remoteCommit } from './setup/git.ts';
import { MB, SETTINGS } from './setup/host-state.ts';
import { must } from './setup/programs.ts';
import { releasesOf } from './setup/releases.ts';
import { TEST_INSTANCE } from './setup/test-instance.ts';

test.setTimeout(300_000);

const SOON = { timeout: 60_000, intervals: [100] };
const JSON_TYPE = { 'content-type': 'application/json' };
const APP = (text: string) => ({
  'main.py': `import http.server, os
class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        data = open("/srv/data").read() if os.path.exists("/srv/data") else "no data"
        self.send_response(200); self.end_headers(); self.wfile.write(("${text}, " + data).encode())
http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Site).serve_forever()
`,
  Procfile: 'web: python3 main.py\n',
});

test('a site that was broken over SSH and by a push is what it was before, and the restore is undone as well', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  await workspace.commit(clone, APP('one'));
  await pushes(clone, workspace);
  await run(site, 'echo good > /srv/data && mkdir /opt/tool && echo tool > /opt/tool/file && chmod 700 /opt/tool');
  const first = await remoteCommit(clone);
  const { id } = await make(site, 'while it is well');

  await run(
    site,
    'rm -rf /opt/tool /usr/share/doc && echo bad > /srv/data && echo new > /root/new && apt-get --version > /etc/version',
  );
  await workspace.commit(clone, APP('two'));
  await pushes(clone, workspace);
  const second = await remoteCommit(clone);
  expect(await text(site)).toBe('two, bad\n');

  const visitors = watch(site);
  expect(await restore(site, id)).toMatchObject({ status: 202, body: { undo: true } });
  await restored(site);
  expect((await visitors.stop()).failed, 'visitors wait, and see no error').toEqual([]);

  expect(await text(site)).toBe('one, good\n');
  expect(await run(site, 'cat /opt/tool/file; stat -c %a /opt/tool; ls /usr/share/doc | wc -l')).toMatch(
    /^tool\n700\n[1-9]/,
  );
  expect(await run(site, 'ls /root/new /etc/version 2>&1 || true')).toContain('cannot access');
  expect(await remoteCommit(clone)).toBe(first);
  const view = await viewOf(site);
  expect(view).toMatchObject({ liveDeployment: 2, restoring: false, rest: 'awake', state: 'live' });
  expect(view.deployments.filter(({ kept }) => kept).map(({ number }) => number)).toEqual([2, 1]);
  expect(await releasesOf(site)).toMatchObject({ folders: [1, 2], services: [2], running: [2], current: 2 });
  expect(view.events[0]).toMatchObject({
    kind: 'restored',
    text: expect.stringMatching(/when release 2 was live\..+takes it back/),
  });

  const [wayBack] = (await list(site)).checkpoints;
  expect(wayBack).toMatchObject({ cause: 'restore', status: 'ready', release: { number: 3 } });
  await restore(site, wayBack?.id ?? '');
  await restored(site);
  expect(await text(site)).toBe('two, bad\n');
  expect(await run(site, 'cat /root/new')).toBe('new\n');
  expect(await remoteCommit(clone)).toBe(second);
  expect((await viewOf(site)).liveDeployment).toBe(3);

  await workspace.commit(clone, APP('three'));
  await pushes(clone, workspace);
  expect(await text(site)).toBe('three, bad\n');
  expect((await viewOf(site)).liveDeployment, 'numbers go on').toBe(4);
});

test('each push leaves a checkpoint behind, three stay, and a bad release is undone with the data it spoiled', async ({
  site,
  workspace,
}) => {
  expect((await list(site)).checkpoints, 'a launch makes none').toEqual([]);
  const clone = await workspace.clone(site);
  await run(site, 'echo precious > /srv/data');
  await workspace.commit(clone, APP('one'));
  await pushes(clone, workspace);
  await workspace.commit(clone, {
    'main.py': `import os; os.remove("/srv/data")\n${APP('spoiler')['main.py']}`,
  });
  await pushes(clone, workspace);
  expect(await text(site)).toBe('spoiler, no data');
  const before = (await list(site)).checkpoints;
  expect(before).toMatchObject([
    { cause: 'deployment', status: 'ready', release: { number: 2 } },
    { cause: 'deployment', status: 'ready', release: { number: 1 } },
  ]);
  await restore(site, before[0]?.id ?? '');
  await restored(site);
  expect(await text(site)).toBe('one, precious\n');

  await mustGit(clone, ['reset', '--hard', '-q', 'HEAD~1']);
  for (const greeting of ['two', 'three', 'four']) {
    await workspace.commit(clone, APP(greeting));
    await pushes(clone, workspace);
  }
  await expect
    .poll(async () => causesOf(await list(site)), SOON)
    .toEqual(['deployment', 'deployment', 'deployment', 'restore']);
  await settled(site);
});

test('near its limit the disk gets its space back from what was kept for it, and a restore there says what it costs', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  await run(site, 'head -c 300M /dev/urandom > /srv/big');
  const { id } = await make(site, null);
  await workspace.commit(clone, APP('one'));
  await pushes(clone, workspace);
  expect(causesOf(await list(site))).toEqual(['deployment', 'manual']);
  await run(site, 'rm /srv/big && head -c 600M /dev/urandom > /srv/more');
  await expect.poll(async () => causesOf(await list(site)), SOON).toEqual(['manual']);
  await expect.poll(async () => (await list(site)).heldBytes ?? 0, SOON).toBeGreaterThan(290 * MB);
  await expect.poll(async () => (await list(site)).checkpoints[0]?.heldBytes ?? 0, SOON).toBeGreaterThan(290 * MB);
  expect(await list(site)).toMatchObject({ isNearFull: true });

  await workspace.commit(clone, APP('two'));
  await pushes(clone, workspace);
  expect(causesOf(await list(site)), 'none is made up there').toEqual(['manual']);
  const refused = await restore(site, id);
  expect(refused).toMatchObject({ status: 409, body: { error: { code: 'no-way-back' } } });
  expect(await restore(site, id, { withoutUndo: true })).toMatchObject({ status: 202, body: { undo: false } });
  await restored(site);
  expect(await run(site, 'ls /srv')).toBe('big\n');
  await expect.poll(async () => (await usedBytes(site)) / MB, SOON).toBeLessThan(450);

  await run(site, 'rm /srv/big; head -c 1G /dev/zero > /srv/full || true');
  await drop(site, id);
  await expect.poll(async () => (await list(site)).checkpoints, SOON).toEqual([]);
  await expect.poll(async () => (await ssh(site, 'head -c 200M /dev/zero > /srv/fits')).code, SOON).toBe(0);
});

test('a clone has everything, and neither site changes the other afterwards', async ({ site, workspace }) => {
  await query(
    `update "User" u set "sitesMax" = 3, "totalDiskBytesMax" = 9e9, "totalMemoryBytesMax" = 9e9
    from "Site" s where s."ownerId" = u.id and s.name = $1`,
    [site.name],
  );
  const clone = await workspace.clone(site);
  await workspace.commit(clone, APP('one'));
  await pushes(clone, workspace);
  await run(site, 'echo original > /srv/data');
  const { id } = await make(site, null);
  await run(site, 'echo later > /srv/data');

  const copies: Site[] = [];
  try {
    for (const checkpoint of [undefined, id]) {
      const asked = await ask(site, '/clone', { checkpoint });
      expect(asked.status, JSON.stringify(asked.body)).toBe(201);
      const copy = asked.body as unknown as Site & { state: string };
      copies.push(copy);
      expect(copy).toMatchObject({ state: 'launching' });
      for (const secret of [(one: Site) => one.ssh.password, (one: Site) => one.token, (one: Site) => one.ssh.port])
        expect(secret(copy)).not.toEqual(secret(site));
      await expect.poll(() => text(copy), SOON).toBe(checkpoint ? 'one, original\n' : 'one, later\n');
    }
    const [copy] = copies;
    if (!copy) throw new Error('no copy');
    expect(await viewOf(copy)).toMatchObject({
      state: 'live',
      liveDeployment: 2,
      deployments: [{ number: 2, subject: `Clone of ${site.name}`, live: true, kept: true }],
      launchSteps: expect.arrayContaining([expect.stringMatching(/^Copy of its disk \(/)]),
    });
    const other = await workspace.clone(copy);
    await workspace.commit(other, APP('copy'));
    await pushes(other, workspace);
    await run(copy, 'echo own > /srv/data');
    expect(await text(copy)).toBe('copy, own\n');
    expect(await text(site)).toBe('one, later\n');
    expect(await remoteCommit(clone)).not.toBe(await remoteCommit(other));
    expect((await ask(site, '/clone', {})).body).toMatchObject({
      error: { code: 'too-many-sites', message: 'You have 3 of 3 sites, and a clone is one more.' },
    });
    expect((await ask(site, '/clone', { name: '-' })).body).toMatchObject({ error: { code: 'bad-name' } });
    expect(causesOf(await list(site)), 'what was made for the copy goes').toEqual(['manual', 'deployment']);
    await expect.poll(async () => (await snapshotsOf(site)).length, SOON).toBe(2);
  } finally {
    for (const copy of copies) await remove(copy);
  }
});

test('who may not is refused, whatever he sends, and nothing changes', async ({ site, neighbour }) => {
  const { id } = await make(site, null);
  const other = await make(neighbour, null);
  const routes = [
    ['GET', '/checkpoints'],
    ['POST', '/checkpoints'],
    ['DELETE', `/checkpoints/${id}`],
    ['POST', `/checkpoints/${id}/restore`],
    ['POST', '/clone'],
  ] as const;
  const guest = await fetch(`${APP_URL}/api/sites`, { method: 'POST' });
  const cookie = (guest.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const guestSite = (await guest.json()) as Site;
  try {
    const call = (method: string, place: string, headers: Record<string, string>) =>
      fetch(`${APP_URL}/api/sites/${site.name}${place}`, { method, headers }).then(({ status: code }) => code);
    for (const [method, place] of routes) {
      expect(await call(method, place, {}), `${method} ${place} of nobody`).toBe(404);
      expect(await call(method, place, { authorization: `Bearer ${neighbour.token}` })).toBe(404);
      expect(await call(method, place, { cookie })).toBe(404);
    }
    await query(
      `insert into "Member" ("siteId", "userId", role)
       select s.id, g."ownerId", 'viewer' from "Site" s, "Site" g where s.name = $1 and g.name = $2`,
      [site.name, guestSite.name],
    );
    expect(await call('GET', '/checkpoints', { cookie })).toBe(200);
    for (const [method, place] of routes.slice(1)) expect(await call(method, place, { cookie })).toBe(403);
    await query(`update "Member" set role = 'developer' where "siteId" = (select id from "Site" where name = $1)`, [
      site.name,
    ]);
    for (const [method, place] of routes.slice(2)) expect(await call(method, place, { cookie })).toBe(403);
    expect(await call('POST', '/checkpoints', { cookie })).toBe(202);
  } finally {
    await remove(guestSite);
  }
  for (const wrong of [other.id, id.replace(/^./, 'f'), 'x', '..%2f..', `${id}%00`, "1'or'1"]) {
    expect((await api(site, `/checkpoints/${wrong}`, { method: 'DELETE' })).status, wrong).toBe(404);
    expect((await api(site, `/checkpoints/${wrong}/restore`, { method: 'POST' })).status, wrong).toBe(404);
    expect((await ask(site, '/clone', { checkpoint: wrong })).status, wrong).toBe(404);
  }
  expect((await ask(site, '/checkpoints', { label: 7 })).status).toBe(400);
  expect((await ask(site, '/checkpoints', { label: 'x'.repeat(501) })).status).toBe(400);
  expect((await ask(site, `/checkpoints/${id}/restore`, { withoutUndo: 'yes' })).status).toBe(400);
  await ask(site, '/checkpoints', { label: '\u001b]0;x\u0007<b>\u202e$(reboot)\u0000\n../../etc' });
  await expect.poll(async () => (await list(site)).checkpoints[0]?.label, SOON).toBe('<b>$(reboot) ../../etc');
  expect((await list(neighbour)).checkpoints.map((one) => one.id)).toEqual([other.id]);
  expect(await status(site.address)).toBe(200);
});

test('a restore in whose middle the worker is killed, wherever, is finished by the next one', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  await workspace.commit(clone, APP('one'));
  await pushes(clone, workspace);
  await run(site, 'echo good > /srv/data');
  const { id } = await make(site, null);
  for (const afterMs of [0, 400, 900, 2_000]) {
    await run(site, 'echo bad > /srv/data');
    await expect.poll(async () => (await restore(site, id)).status, SOON).toBe(202);
    await sleep(afterMs);
    process.kill(await workerPid('deploy'), 'SIGKILL');
    await restored(site);
    expect(await text(site), `killed after ${afterMs} ms`).toBe('one, good\n');
  }
  const { checkpoints } = await list(site);
  expect(checkpoints.map(({ status: word }) => word)).not.toContain('making');
  await settled(site);
  expect(await readdir(`${SETTINGS.paths.pool}/staging`)).toEqual([]);

  const [wayBack] = checkpoints.filter(({ cause }) => cause === 'restore');
  await restore(site, wayBack?.id ?? '');
  await restored(site);
  expect(await text(site)).toBe('one, bad\n');
});

browserTest('the page keeps, restores, undoes and deletes, by itself and for everybody', async ({ page }) => {
  const site = await launchByClick(page);
  await page.getByRole('link', { name: 'Checkpoints' }).click();
  await expect(page.getByTestId('no-checkpoints')).toBeVisible();
  await expectAccessible(page, 'no checkpoints');
  await page.getByLabel('What for').fill('before the upgrade');
  await page.getByTestId('make-checkpoint').click();
  const row = page.getByTestId('checkpoint').filter({ hasText: 'before the upgrade' });
  await expect(row).toHaveAttribute('data-status', 'ready', { timeout: 30_000 });
  await run(site, 'echo later > /root/later');

  await row.getByRole('button', { name: /^Restore/ }).click();
  await expect(page.getByRole('dialog')).toContainText('The live release stays the same.');
  await expectAccessible(page, 'the question before a restore');
  await page.getByTestId('ask-act').click();
  await expect(page.getByTestId('undo-restore')).toBeVisible({ timeout: 60_000 });
  expect(await run(site, 'ls /root')).toBe('');
  await expectAccessible(page, 'a restored site');
  await page.getByTestId('undo-restore').click();
  await expect(page.getByTestId('restoring')).toBeVisible();
  await restored(site);
  expect(await run(site, 'cat /root/later')).toBe('later\n');

  await row.getByRole('button', { name: 'Delete before the upgrade' }).click();
  await expectAccessible(page, 'the question before a checkpoint goes');
  await page.getByTestId('ask-act').click();
  await expect(row).toHaveCount(0, { timeout: 30_000 });
  await page.getByRole('button', { name: 'Clone this site…' }).click();
  await expectAccessible(page, 'the question before a clone');
  await page.getByTestId('ask-act').click();
  await expect(page.getByTestId('ask-problem')).toContainText('You have 1 of 1 site');
});

async function ask(site: Site, place: string, body: unknown) {
  const response = await api(site, place, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function list(site: Site): Promise<CheckpointList> {
  return (await (await api(site, '/checkpoints')).json()) as CheckpointList;
}

/** Answers it when it is there. */
async function make(site: Site, label: string | null): Promise<CheckpointView> {
  const { status: code, body } = await ask(site, '/checkpoints', { label });
  expect(code, JSON.stringify(body)).toBe(202);
  const { id } = body.checkpoint as CheckpointView;
  const find = async () => (await list(site)).checkpoints.find((one) => one.id === id);
  await expect.poll(async () => (await find())?.status, SOON).toBe('ready');
  return (await find()) as CheckpointView;
}

function restore(site: Site, id: string, wish: { withoutUndo?: boolean } = {}) {
  return ask(site, `/checkpoints/${id}/restore`, wish);
}

async function restored(site: Site): Promise<void> {
  await expect.poll(async () => (await viewOf(site)).restoring, SOON).toBe(false);
  await expect.poll(() => status(site.address), SOON).toBe(200);
}

async function drop(site: Site, id: string): Promise<void> {
  expect((await api(site, `/checkpoints/${id}`, { method: 'DELETE' })).status).toBe(202);
}

const causesOf = ({ checkpoints }: CheckpointList) => checkpoints.map(({ cause }) => cause);
const idsOf = ({ checkpoints }: CheckpointList) => checkpoints.map(({ id }) => id).toSorted();
const text = (site: Site) => get(site.address).then(({ body }) => body);

interface View {
  state: string;
  restoring: boolean;
  liveDeployment: number;
  deployments: { number: number; kept: boolean }[];
  events: { kind: string; text: string }[];
}

async function viewOf(site: Site): Promise<View> {
  return ((await (await api(site, '')).json()) as { site: View }).site;
}

async function pushes(clone: string, workspace: { push(clone: string): Promise<{ code: number; stderr: string }> }) {
  const pushed = await workspace.push(clone);
  expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
}

async function run(site: Site, command: string): Promise<string> {
  const ran = await ssh(site, command, { timeoutMs: 60_000 });
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  return ran.stdout;
}

async function snapshotsOf(site: Site): Promise<string[]> {
  const [row] = await query<{ id: string }>('select id from "Site" where name = $1', [site.name]);
  return readdir(`${SETTINGS.paths.pool}/snapshots/${row?.id}`);
}

/** The snapshots on the disk are those that the list names. */
async function settled(site: Site): Promise<void> {
  const isSame = async () => `${idsOf(await list(site))}` === `${(await snapshotsOf(site)).toSorted()}`;
  await expect.poll(isSame, SOON).toBe(true);
}

async function usedBytes(site: Site): Promise<number> {
  const [row] = await query<{ bytes: string }>(
    `select u."diskBytes" as bytes from "Usage" u join "Site" s on s.id = u."siteId" where s.name = $1`,
    [site.name],
  );
  return Number(row?.bytes);
}

/** Made certain before anybody sends it a signal: s6-svstat says -1 while a service is down. */
async function workerPid(name: string): Promise<number> {
  const service = `${TEST_INSTANCE.LIGHTKEEPER_DATA_DIR}/service/${name}`;
  let pid = 0;
  await expect
    .poll(async () => {
      pid = Number(await must('s6-svstat', ['-o', 'pid', service]));
      return pid;
    }, SOON)
    .toBeGreaterThan(1);
  expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).toContain(`workers/${name}.ts`);
  return pid;
}
