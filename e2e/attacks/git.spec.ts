// The git server, against whoever has a site's token: packs that unfold, bodies that inflate or never end, paths that lead
// elsewhere, pushes that pile up. The repository is on the site's own disk, and git runs on the host.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { makeAccount, own, removeAccounts } from '../setup/accounts.ts';
import { APP_URL, api, expect, get, launch, remove, type Site, ssh, test, type Workspace } from '../setup/fixtures.ts';
import { commitTree, git, mustGit, remoteCommit } from '../setup/git.ts';
import { containerOf, expectHostOk, MB, readHost, SETTINGS } from '../setup/host-state.ts';
import { commandsFor, patientPack, startSending, unfoldingPack } from '../setup/hostile-pack.ts';
import { run } from '../setup/programs.ts';
import { requireService } from '../setup/services.ts';

const COMMIT = 'a'.repeat(40);
const PACK_BEGINS = Buffer.from('PACK\0\0\0\x02\0\0\x10\0', 'latin1');

async function repositoryOf(site: Site): Promise<string> {
  return path.join(SETTINGS.paths.pool, 'sites', (await containerOf(site)).siteId, 'git');
}

/** Names in the repository that only a push which is not over has. */
async function unfinished(site: Site): Promise<string[]> {
  const names = await readdir(path.join(await repositoryOf(site), 'objects'), { recursive: true });
  return names.filter((name) => /tmp_|incoming/.test(name));
}

async function gitServer(): Promise<{ pid: number; bytes: number }> {
  const pid = await requireService('git-http');
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { pid, bytes: Number(kibibytes) * 1024 };
}

async function expectServerUnharmed(before: { pid: number; bytes: number }): Promise<void> {
  const now = await gitServer();
  expect(now.pid).toBe(before.pid);
  expect(now.bytes - before.bytes).toBeLessThan(128 * MB);
}

async function expectUntouched(site: Site, clone: string, head: string): Promise<void> {
  expect(await remoteCommit(clone)).toBe(head);
  await expect.poll(() => unfinished(site), { timeout: 10_000 }).toEqual([]);
  expect((await get(site.address)).body).toContain('Hello from Lightkeeper');
}

test('a pack of 300 KB that unfolds to half a gigabyte is refused in a sentence, within git’s own memory', async ({
  site,
  neighbour,
  workspace,
}) => {
  const [before, server] = [await readHost(), await gitServer()];
  const clone = await workspace.clone(site);
  const head = await mustGit(clone, ['rev-parse', 'HEAD']);
  const pack = unfoldingPack(240 * MB);
  expect(pack.length).toBeLessThan(MB);
  const { request, answered } = startSending(site);
  request.end(Buffer.concat([commandsFor(COMMIT, 'refs/heads/bomb'), pack]));
  expect((await answered).text).toContain('The push unpacks to more than the memory that git has here.');
  await expectUntouched(site, clone, head);
  await expectServerUnharmed(server);
  await expectHostOk(before, neighbour);
});

test('a body of 2 MB that inflates to two gigabytes ends at what one push may have', async ({
  site,
  neighbour,
  workspace,
}) => {
  const [before, server] = [await readHost(), await gitServer()];
  const clone = await workspace.clone(site);
  const head = await mustGit(clone, ['rev-parse', 'HEAD']);
  const begin = gzipSync(Buffer.concat([commandsFor(COMMIT), PACK_BEGINS]));
  const zeros = gzipSync(Buffer.alloc(20 * MB));
  const { request, answered } = startSending(site, { 'content-encoding': 'gzip' });
  request.end(Buffer.concat([begin, ...Array.from({ length: 100 }, () => zeros)]));
  expect((await answered).text).not.toMatch(/\bok refs\/heads\/main/);
  await expectUntouched(site, clone, head);
  await expectServerUnharmed(server);
  await expectHostOk(before, neighbour);
});

/** Sites send pushes by the byte while somebody else clones and pushes: how long his push took, and what they are told. */
async function pushBesideDrips(sites: Site[], other: Site, workspace: Workspace) {
  const told: string[] = [];
  const text = `on time at ${Date.now()}`;
  const sending = sites.map((site) => startSending(site, { 'transfer-encoding': 'chunked' }));
  for (const { request, answered } of sending) {
    request.write(Buffer.concat([commandsFor(COMMIT), patientPack()]));
    answered.then(({ text }) => told.push(text)).catch(() => {});
  }
  await sleep(1_000);
  const dripping = setInterval(() => {
    for (const { request } of sending) if (request.writable) request.write('x');
  }, 500);
  try {
    const clone = await workspace.clone(other);
    await workspace.commit(clone, { 'index.html': text, Procfile: 'web: python3 -m http.server $PORT\n' });
    const start = performance.now();
    const pushed = await workspace.push(clone);
    expect(pushed.code, pushed.stderr).toBe(0);
    expect((await get(other.address)).body).toBe(text);
    return { tookMs: performance.now() - start, told };
  } finally {
    clearInterval(dripping);
    for (const { request } of sending) request.destroy();
  }
}

test('whoever sends by the byte leaves room for the pushes and clones of others, also when two do so together', async ({
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const [account, second] = [await makeAccount('patient'), await makeAccount('second')];
  await own(neighbour, account);
  const sites = await Promise.all([launch(), launch(), launch(), launch()]);
  try {
    const alone = await pushBesideDrips(sites, neighbour, workspace);
    expect(alone.tookMs).toBeLessThan(10_000);
    expect(alone.told).toEqual([]);
    for (const site of sites.slice(2)) await own(site, second);
    // All places are taken, until one of them has been slow for a quarter of a minute.
    const { tookMs, told } = await pushBesideDrips(sites, neighbour, workspace);
    expect(tookMs).toBeGreaterThan(10_000);
    expect(tookMs).toBeLessThan(25_000);
    expect(told).toEqual([expect.stringContaining('Others wait to push or clone, and this one came too slowly')]);
  } finally {
    await Promise.all(sites.map((site) => remove(site)));
  }
  await expectHostOk(before, neighbour);
  await remove(neighbour);
  await removeAccounts(account, second);
});

test('a push that is cut in its middle leaves nothing, and twenty at once are each told their outcome', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const clone = await workspace.clone(site);
  const head = await mustGit(clone, ['rev-parse', 'HEAD']);
  const cut = startSending(site, { 'transfer-encoding': 'chunked' });
  cut.request.write(Buffer.concat([commandsFor(COMMIT), PACK_BEGINS, Buffer.alloc(MB)]));
  await sleep(500);
  cut.request.destroy();
  await expectUntouched(site, clone, head);

  const all = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => git(clone, ['push', 'origin', `${head}:refs/heads/b${index}`])),
  );
  for (const { code, stderr } of all) {
    if (code !== 0) expect(stderr).toMatch(/Another push to this site is under way|busy/);
  }
  expect(all.some(({ code }) => code === 0)).toBe(true);
  await expectUntouched(site, clone, head);
  await expectHostOk(before, neighbour);
});

test('no path of the git server leads to a foreign repository, its files, or anything else', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const own = `/${site.name}.git`;
  const other = `/${neighbour.name}.git`;
  const places = [
    `${own}/../${neighbour.name}.git/info/refs?service=git-upload-pack`,
    `${own}/%2e%2e/${neighbour.name}.git/info/refs?service=git-upload-pack`,
    `${own}%2f..${other}/info/refs?service=git-upload-pack`,
    `/${own}/info/refs?service=git-upload-pack`,
    `${other}/info/refs?service=git-upload-pack`,
    `${other}/info/refs?service=git-receive-pack`,
    ...['HEAD', 'config', 'hooks/pre-receive', 'objects/info/packs', 'description'].map((name) => `${own}/${name}`),
    `${own}/info/refs`,
    `${own}/info/refs?service=git-shell`,
    `/no-such-site.git/info/refs?service=git-upload-pack`,
  ];
  const base = new URL(site.git.http).origin;
  const statuses = new Set<string>();
  for (const place of places) {
    const args = ['-s', '--path-as-is', '-u', `git:${site.token}`, '-o', '-', '-w', '\n%{http_code}', base + place];
    const { stdout } = await run('curl', args);
    const [status = ''] = stdout.split('\n').slice(-1);
    statuses.add(status);
    expect(status, place).toMatch(/^(308|4\d\d)$/);
    expect(stdout, place).not.toMatch(/refs\/heads|\[core\]/);
  }
  expect([...statuses].sort().join()).toMatch(/401/);
  const inside = await ssh(
    site,
    `find / -xdev \\( -name pre-receive -o -name '*.pack' -o -name HEAD -path '*git/HEAD' \\) 2>/dev/null | wc -l`,
  );
  expect(inside.stdout, 'the repository is not in the container').toBe('0\n');
  await expectHostOk(before, neighbour);
});

test('commits with dates and names that cannot be are refused, or shown as well as they can be', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const clone = await workspace.clone(site);
  const head = await mustGit(clone, ['rev-parse', 'HEAD']);
  const tree = await mustGit(clone, ['rev-parse', 'HEAD^{tree}']);
  const dates = ['99999999999999 +0000', '9223372036854775807 +0000', '-5 +0000', '1 +9999999', '0 -0000'];
  for (const date of dates) {
    const who = `<script>alert(1)</script>\u202e <x@example.org> ${date}`;
    const text = `tree ${tree}\nparent ${head}\nauthor ${who}\ncommitter ${who}\n\n\u001b[2J<img src=x onerror=alert(1)>\n`;
    const object = ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'];
    const commit = await mustGit(clone, object, { input: text });
    const pushed = await git(clone, ['push', '-f', 'origin', `${commit}:refs/heads/main`]);
    if (pushed.code !== 0) expect(pushed.stderr, date).toContain("git's own checks refuse");
    for (const place of ['/commits', '/files']) {
      const answer = await api(site, place);
      expect(answer.status, `${place} ${date}`).toBe(200);
    }
  }
  expect((await get(site.address)).status).toBe(200);
  expect((await fetch(`${APP_URL}/healthz`)).status).toBe(200);
  const undone = await git(clone, ['push', '-f', 'origin', `${await commitTree(clone, tree, head)}:refs/heads/main`]);
  expect(undone.code, undone.stderr).toBe(0);
  await expectHostOk(before, neighbour);
});
