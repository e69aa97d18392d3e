import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeCgroup } from './cgroup.ts';
import { collectGarbage } from './collect.ts';
import { openGit } from './deps.ts';
import { readCommits, readPath } from './history.ts';
import { whileLocked } from './lock.ts';
import { createStarter, initRepository } from './repository.ts';
import { sweepRepositories } from './sweep.ts';
import { createStand, type Stand } from './test-stand.ts';
import { listTree } from './tree.ts';

let stand: Stand;

beforeAll(async () => {
  stand = await createStand();
});

afterAll(() => stand.close());

test('the starter is the same commit everywhere, is quick, is owned by the git user, and git finds no fault in it', async () => {
  const { account } = stand.deps.confinement;
  const [one, two] = [await stand.createSite('one'), await stand.createSite('two')];
  const commit = await createStarter(one.repository, account);
  const started = performance.now();
  expect(await createStarter(two.repository, account)).toBe(commit);
  expect(performance.now() - started).toBeLessThan(250);
  const ref = await stat(path.join(two.repository, 'refs/heads/main'));
  expect([ref.uid, ref.gid]).toEqual([account.uid, account.gid]);
  const check = await stand.git('/', `--git-dir=${two.repository}`, '-c', 'safe.directory=*', 'fsck', '--strict');
  expect(check).toMatchObject({ code: 0, out: '' });
  const tree = await listTree(stand.deps, { repository: two.repository, commit });
  expect(tree.map((entry) => entry.path)).toEqual(['Procfile', 'README.md', 'main.py']);
});

test('a starter whose writing was cut off is written anew', async () => {
  const { account } = stand.deps.confinement;
  const [whole, cut] = [await stand.createSite('whole'), await stand.createSite('cut')];
  const commit = await createStarter(whole.repository, account);
  const objects = await readdir(path.join(whole.repository, 'objects'), { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of objects.filter((entry) => entry.isFile())) {
    const place = path.join(cut.repository, path.relative(whole.repository, parentPath));
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, name), '');
  }
  expect(await createStarter(cut.repository, account)).toBe(commit);
  const check = await stand.git('/', `--git-dir=${cut.repository}`, '-c', 'safe.directory=*', 'fsck', '--strict');
  expect(check).toMatchObject({ code: 0, out: '' });
});

test('making a repository and its starter twice changes nothing', async () => {
  const { account } = stand.deps.confinement;
  const site = await stand.createSite('twice');
  const commit = await createStarter(site.repository, account);
  await initRepository(site.repository, account);
  expect(await createStarter(site.repository, account)).toBe(commit);
  expect(await readCommits(site.repository, 10)).toHaveLength(1);
});

test('the starter app answers with its greeting, HEAD too, and ends at TERM', async () => {
  const app = execFile('python3', [path.join(import.meta.dirname, 'starter/main.py')], {
    env: { PORT: '18973' } as never,
  });
  try {
    const answer = await retry(() => fetch('http://127.0.0.1:18973/any/path?x=%3C'));
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<h1>Hello from Lightkeeper</h1>');
    expect((await fetch('http://127.0.0.1:18973/', { method: 'HEAD' })).status).toBe(200);
  } finally {
    app.kill('SIGTERM');
  }
  const [code] = await once(app, 'exit');
  expect(code).toBe(0);
});

test('history shows commits, folders and files of main within bounds, and an empty repository is empty', async () => {
  const site = await stand.createSite('history');
  expect(await readCommits(site.repository, 5)).toEqual([]);
  expect(await readPath(site.repository, '')).toMatchObject({ kind: 'folder', entries: [] });
  const tree = await stand.workTree('history-tree');
  await mkdir(path.join(tree, 'app'));
  await writeFile(path.join(tree, 'app/main.py'), 'print("ü")\n');
  await writeFile(path.join(tree, 'blob'), randomBytes(9_000));
  await writeFile(path.join(tree, 'long.txt'), 'x'.repeat(300 * 1024));
  await stand.git(tree, 'add', '-A');
  await stand.git(tree, 'commit', '-q', '-m', 'Say <b>\u202Ehello\n\nbody');
  await pushLocally(tree, site.repository);
  const commits = await readCommits(site.repository, 5);
  expect(commits.map(({ subject, author }) => `${author}: ${subject}`)).toEqual([
    'A Person: Say <b> hello',
    'A Person: First',
  ]);
  expect(await readCommits(site.repository, 1)).toHaveLength(1);
  expect(await readPath(site.repository, '/')).toMatchObject({
    kind: 'folder',
    entries: [
      { name: 'app', kind: 'folder' },
      { name: 'blob', kind: 'file' },
      { name: 'long.txt', kind: 'file' },
    ],
  });
  expect(await readPath(site.repository, 'app/main.py')).toMatchObject({
    kind: 'file',
    text: 'print("ü")\n',
    binary: false,
  });
  expect(await readPath(site.repository, 'blob')).toMatchObject({ binary: true, text: null, bytes: 9_000 });
  expect(await readPath(site.repository, 'long.txt')).toMatchObject({ truncated: true, bytes: 300 * 1024 });
  for (const absent of ['nothing', 'app/nothing', '../config', 'app/main.py/x', 'a/'.repeat(100)]) {
    expect(await readPath(site.repository, absent), absent).toBeNull();
  }
});

test('what a force push left unreachable is given back', async () => {
  const site = await stand.createSite('garbage');
  const tree = await stand.workTree('garbage-tree');
  await writeFile(path.join(tree, 'blob'), randomBytes(3 * 1024 ** 2));
  await stand.git(tree, 'add', '-A');
  await stand.git(tree, 'commit', '-q', '-m', 'Large');
  await pushLocally(tree, site.repository);
  await stand.git(tree, 'reset', '-q', '--hard', 'HEAD~1');
  await pushLocally(tree, site.repository);
  const before = await sizeOf(site.repository);
  expect(await collectGarbage(stand.deps, site.repository)).toBe(true);
  expect(before - (await sizeOf(site.repository))).toBeGreaterThan(2 * 1024 ** 2);
  expect(await readCommits(site.repository, 5)).toHaveLength(1);
});

test('a machine whose git user cannot run the hook is refused at the start', async () => {
  const runtime = path.join(stand.directory, 'runtime');
  const from = { instance: 'gittest', buildMinutes: 1, paths: { runtime } as never };
  await expect(openGit(from, stand.deps.log)).rejects.toThrow('cannot run the hook');
  await mkdir(path.join(runtime, 'git-hooks'), { recursive: true });
  await writeFile(path.join(runtime, 'git-hooks/pre-receive'), '#!/bin/sh\n', { mode: 0o755 });
  expect((await openGit(from, stand.deps.log)).confinement.account.uid).toBeGreaterThan(0);
  await removeCgroup('lightkeeper-gittest-git');
});

/** As root, straight into the repository, then owned as the platform owns it. */
async function pushLocally(tree: string, repository: string): Promise<void> {
  await stand.git(
    tree,
    '-c',
    'safe.directory=*',
    'push',
    '-q',
    '--force',
    `--receive-pack=git -c safe.directory=* receive-pack`,
    repository,
    'main',
  );
  await initRepository(repository, stand.deps.confinement.account);
}

function sizeOf(directory: string): Promise<number> {
  return new Promise((resolve, reject) => {
    execFile('du', ['-sb', directory], (fault, out) => (fault ? reject(fault) : resolve(Number.parseInt(out, 10))));
  });
}

async function retry<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      if (Date.now() > deadline) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

test('what a killed push left goes, unless a push is under way', async () => {
  const { repository } = await stand.createSite('swept');
  const left = path.join(repository, 'objects/tmp_objdir-incoming-8m8qBW');
  const sweep = () => sweepRepositories(stand.deps, [path.join(stand.directory, 'absent'), repository]);
  const isLeft = () =>
    access(left).then(
      () => true,
      () => false,
    );
  await mkdir(left);
  await whileLocked(stand.deps, repository, { waitSeconds: 0, msMax: 10_000 }, sweep);
  expect(await isLeft()).toBe(true);
  await sweep();
  expect(await isLeft()).toBe(false);
});
