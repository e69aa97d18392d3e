// Pushes that do not deploy or may not be: each is told why in a sentence, and nothing of the site changes.

import { randomBytes } from 'node:crypto';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { api, expect, get, type Site, ssh, test, type Workspace } from './setup/fixtures.ts';
import { commitTree, git, hostileTree, mustGit, remoteCommit, remoteLines } from './setup/git.ts';

const GREETING = 'Hello from Lightkeeper';
const MEGABYTE = 1024 ** 2;
const ZEROS = '0'.repeat(40);

test('other branches and tags are stored and do not deploy; main cannot be deleted', async ({ site, workspace }) => {
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': 'raise SystemExit("never run")\n' });
  const commit = await mustGit(clone, ['rev-parse', 'HEAD']);

  const branch = await git(clone, ['push', 'origin', 'HEAD:refs/heads/draft/one']);
  expect(branch, branch.stderr).toMatchObject({ code: 0 });
  expect(remoteLines(branch)).toContain('The branch draft/one is stored. It does not deploy: only main does.');
  const tag = await git(clone, ['push', 'origin', 'HEAD:refs/tags/v1.0']);
  expect(tag, tag.stderr).toMatchObject({ code: 0 });
  expect(remoteLines(tag)).toContain('The tag v1.0 is stored. It does not deploy: only main does.');
  expect(await remoteCommit(clone, 'refs/heads/draft/one')).toBe(commit);
  expect(await remoteCommit(clone, 'refs/tags/v1.0')).toBe(commit);
  expect(await deploymentsOf(site)).toBe(1);

  const deleted = await git(clone, ['push', 'origin', ':refs/heads/draft/one']);
  expect(deleted, deleted.stderr).toMatchObject({ code: 0 });
  expect(await remoteCommit(clone, 'refs/heads/draft/one')).toBe('');

  const main = await git(clone, ['push', 'origin', ':refs/heads/main']);
  expect(main.code).toBe(1);
  expect(main.stderr).toContain('The branch main cannot be deleted: it is what the site serves.');
  await expectUnchanged(site, clone);
});

test('names of branches that mean something to a shell, a page or git are refused', async ({ site, workspace }) => {
  const clone = await workspace.clone(site);
  const names = ['$(id)', '`id`', ';reboot', 'a|b&c', "a'b", '-x', '<img/src=x>', 'HEAD', 'a"b', 'x'.repeat(230)];
  for (const name of names) {
    const pushed = await git(clone, ['push', 'origin', `HEAD:refs/heads/${name}`]);
    expect(pushed.code, name).toBe(1);
    expect(pushed.stderr, name).toContain('A branch or tag in this push has a name that is not taken here.');
  }
  const notes = await git(clone, ['push', 'origin', 'HEAD:refs/notes/commits']);
  expect(notes.stderr).toContain('The push has a ref that is neither a branch nor a tag.');
  const eleven = Array.from({ length: 11 }, (_, index) => `HEAD:refs/heads/b${index}`);
  const many = await git(clone, ['push', 'origin', ...eleven]);
  expect(many.stderr).toContain('The push changes more than 10 branches and tags at once.');

  for (const ref of ['refs/heads/../../config', '../../evil', 'refs/heads/main\nx', 'refs/heads/a..b']) {
    const said = await sendCommand(site, ref);
    expect(said, ref).toMatch(/that is not taken here|cannot be read|neither a branch nor a tag/);
  }
  expect(await mustGit(clone, ['ls-remote', 'origin'])).toMatch(/^\w+\tHEAD\n\w+\trefs\/heads\/main$/);
  await expectUnchanged(site, clone);
});

test('trees with hostile paths, links out of the repository and ten million files are refused with the path', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  const head = await mustGit(clone, ['rev-parse', 'HEAD']);
  for (const name of ['.git/config', '../evil', '.GIT', '..']) {
    const commit = await commitTree(clone, await hostileTree(clone, name), head);
    const pushed = await git(clone, ['push', 'origin', `${commit}:refs/heads/main`]);
    expect(pushed.code, name).not.toBe(0);
    expect(pushed.stderr, name).toContain("The push has an object that git's own checks refuse");
  }

  await symlink('/etc/passwd', path.join(clone, 'Procfile.link'));
  await workspace.commit(clone, { 'more.txt': 'more\n' });
  const linked = await workspace.push(clone);
  expect(linked.code).toBe(1);
  expect(linked.stderr).toContain('The path "Procfile.link" is a link that leads out of the repository.');

  const bombed = await git(clone, ['push', 'origin', `${await treeBomb(clone, head)}:refs/heads/main`]);
  expect(bombed.code).toBe(1);
  expect(bombed.stderr).toContain('The commit has more than 20,000 files and folders.');
  await expectUnchanged(site, clone);
});

test('a push that is larger than one may be is refused with the limit', async ({ site, workspace }) => {
  const clone = await workspace.clone(site);
  await commitNoise(workspace, clone, 101);
  const pushed = await workspace.push(clone);

  expect(pushed.code).not.toBe(0);
  expect(pushed.stderr).toContain('The push is larger than the 100 MB that one push may have. Nothing was changed.');
  await expectUnchanged(site, clone);
  await expect.poll(() => diskBytes(site), { timeout: 20_000 }).toBeLessThan(10 * MEGABYTE);
});

test('a push past the disk limit is refused with a sentence, and pushing works once there is room', async ({
  site,
  neighbour,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  const filled = await ssh(site, 'dd if=/dev/zero of=/root/fill bs=1M count=2000; rm -f /root/none');
  expect(filled.stderr).toContain('Disk quota exceeded');
  await commitNoise(workspace, clone, 5);

  const refused = await workspace.push(clone);

  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toMatch(/disk is full/i);
  expect(refused.stderr).toMatch(/delete|Delete/);
  await expectUnchanged(site, clone);
  expect((await get(neighbour.address)).status).toBe(200);

  expect(await ssh(site, 'rm /root/fill')).toMatchObject({ code: 0 });
  const pushed = await workspace.push(clone);
  expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
  expect(await remoteCommit(clone)).toBe(await mustGit(clone, ['rev-parse', 'HEAD']));
});

/** Main and the page are what they were at the launch, and nothing was deployed. */
async function expectUnchanged(site: Site, clone: string): Promise<void> {
  expect(await remoteCommit(clone)).toBe(await mustGit(clone, ['rev-parse', 'origin/main']));
  expect((await get(site.address)).body).toContain(GREETING);
  const { site: view } = await viewOf(site);
  expect(view.liveDeployment).toBe(1);
}

interface View {
  site: { liveDeployment: number; deployments: unknown[]; usage: { diskBytes: number } | null };
}

async function viewOf(site: Site): Promise<View> {
  return (await (await api(site, '')).json()) as View;
}

const deploymentsOf = async (site: Site) => (await viewOf(site)).site.deployments.length;
const diskBytes = async (site: Site) => (await viewOf(site)).site.usage?.diskBytes ?? Number.NaN;

/** A file that cannot be made smaller. */
async function commitNoise(workspace: Workspace, clone: string, megabytes: number): Promise<void> {
  await mustGit(clone, ['config', 'core.compression', '0']);
  await workspace.commit(clone, { 'noise.bin': randomBytes(megabytes * MEGABYTE) });
}

/** 10^7 files in eight objects: each level has the one below it ten times. */
async function treeBomb(clone: string, parent: string): Promise<string> {
  let entry = `100644 blob ${await mustGit(clone, ['hash-object', '-w', '--stdin'], { input: 'boom\n' })}`;
  for (let level = 0; level < 7; level += 1) {
    const input = Array.from({ length: 10 }, (_, index) => `${entry}\tn${index}\n`).join('');
    entry = `040000 tree ${await mustGit(clone, ['mktree'], { input })}`;
  }
  return commitTree(clone, entry.slice('040000 tree '.length), parent);
}

/** One command of a push, written by hand as no git client would; answers what is said back. */
async function sendCommand(site: Site, ref: string): Promise<string> {
  const line = `${ZEROS} ${'a'.repeat(40)} ${ref}\0 report-status side-band-64k`;
  const length = (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0');
  const response = await fetch(`${site.git.http}/git-receive-pack`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-git-receive-pack-request',
      authorization: `Basic ${Buffer.from(`git:${site.token}`).toString('base64')}`,
    },
    body: `${length}${line}0000`,
  });
  return response.text();
}
