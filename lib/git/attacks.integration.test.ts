import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { archiveCommit, describeCommit, readCommitFile } from './commit.ts';
import { parseQuarantine } from './confine.ts';
import type { GitSite } from './conversation.ts';
import { serveGit } from './serve.ts';
import { ACCEPT, createStand, leftovers, type Outcome, type Stand } from './test-stand.ts';
import { listTree } from './tree.ts';

let stand: Stand;
let server: Server;
let current: GitSite;
let number = 0;
let said = '';

/** Real clients over a wire that stands in for SSH: one conversation a connection, standard error kept aside. */
beforeAll(async () => {
  stand = await createStand();
  server = createServer({ allowHalfOpen: true }, (connection) => {
    void serveConnection(connection);
  });
  server.listen(path.join(stand.directory, 'wire.sock'));
  await once(server, 'listening');
  const wire = path.join(stand.directory, 'wire');
  const socket = path.join(stand.directory, 'wire.sock');
  await writeFile(wire, `#!/bin/sh\n{ printf '%s\\n' "$2"; exec cat; } | exec socat -t 60 - UNIX-CONNECT:${socket}\n`);
  await chmod(wire, 0o755);
});

afterAll(async () => {
  server.close();
  await stand.close();
});

beforeEach(() => {
  stand.answerWith(ACCEPT);
  said = '';
});

async function serveConnection(connection: Socket): Promise<void> {
  connection.on('error', () => {});
  let line = '';
  while (!line.endsWith('\n')) {
    const byte: Buffer | null = connection.read(1);
    if (byte) line += byte.toString();
    else await once(connection, 'readable');
  }
  const service = line.includes('receive-pack') ? 'receive-pack' : 'upload-pack';
  const stderr = new PassThrough();
  stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const request = { site: current, service, mode: 'ssh' } as const;
  await serveGit(stand.deps, request, { stdin: connection, stdout: connection, stderr });
  connection.end();
}

async function launch(pushBytesMax = 50 * 1024 ** 2): Promise<{ site: GitSite; tree: string }> {
  number += 1;
  current = await stand.createSite(`site-${number}`, { pushBytesMax });
  return { site: current, tree: await stand.workTree(`tree-${number}`) };
}

function push(tree: string, ...refs: string[]): Promise<Outcome> {
  const ssh = `core.sshCommand=${path.join(stand.directory, 'wire')}`;
  return stand.git(tree, '-c', ssh, '-c', 'ssh.variant=simple', 'push', 'site@host:repository.git', ...refs);
}

async function commitAll(tree: string): Promise<string> {
  await stand.git(tree, 'add', '-A');
  await stand.git(tree, 'commit', '-q', '-m', 'Change');
  return (await stand.git(tree, 'rev-parse', 'HEAD')).out.trim();
}

/** Makes a tree object with entries that `git add` would never make. */
async function writeTree(tree: string, entries: { mode: string; name: string; object: string }[]): Promise<string> {
  const body = Buffer.concat(
    entries.map(({ mode, name, object }) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(object, 'hex')]),
    ),
  );
  await writeFile(path.join(tree, '.git', 'raw-tree'), body);
  return (await stand.git(tree, 'hash-object', '--literally', '-t', 'tree', '-w', '.git/raw-tree')).out.trim();
}

async function commitTree(tree: string, object: string): Promise<string> {
  return (await stand.git(tree, 'commit-tree', object, '-m', 'Hostile')).out.trim();
}

async function blob(tree: string): Promise<string> {
  await writeFile(path.join(tree, '.git', 'raw-blob'), 'x\n');
  return (await stand.git(tree, 'hash-object', '-w', '.git/raw-blob')).out.trim();
}

async function refsOf(site: GitSite): Promise<string> {
  return (await stand.git('/', `--git-dir=${site.repository}`, '-c', 'safe.directory=*', 'for-each-ref')).out;
}

test('a push over a two-way wire deploys, refuses and explains as over HTTP', async () => {
  const { site, tree } = await launch();
  expect((await push(tree, 'main')).code).toBe(0);
  expect((await push(tree, 'main:side')).err).toContain('remote: The branch side is stored. It does not deploy');
  expect((await push(tree, ':main')).err).toContain('remote: The branch main cannot be deleted');
  expect((await push(tree, 'main')).err).toContain('Everything up-to-date');
  expect(await refsOf(site)).toContain('refs/heads/main');
  expect(said).toBe('');
});

test('a repository that is not there is a sentence, not a hang', async () => {
  const { site, tree } = await launch();
  current = { ...site, repository: `${site.repository}-away` };
  const pushed = await push(tree, 'main');
  expect(pushed.err).toContain('remote error: The site is being started, and its repository is not in place yet.');
});

test('a small pack that unpacks to 450 MB of memory is refused with a sentence, and git stays within its bound', async () => {
  const { site, tree } = await launch();
  await writeFile(path.join(tree, 'a'), Buffer.alloc(220 * 1024 ** 2));
  await commitAll(tree);
  await writeFile(path.join(tree, 'a'), Buffer.concat([Buffer.from('x'), Buffer.alloc(220 * 1024 ** 2)]));
  await commitAll(tree);
  await stand.git(tree, '-c', 'core.bigFileThreshold=2g', 'repack', '-adfq', '--window=10');
  const pushed = await push(tree, 'main');
  expect(pushed.code).toBe(1);
  expect(pushed.err).toContain(
    'remote: The push unpacks to more than the memory that git has here. Nothing was changed.',
  );
  expect(await refsOf(site)).toBe('');
  expect(await leftovers(site.repository)).toEqual([]);
  const [group = ''] = stand.deps.confinement.groups;
  const peak = await readFile(path.join(group, 'memory.max_usage_in_bytes'), 'utf8').catch(() =>
    readFile(path.join(group, 'memory.peak'), 'utf8'),
  );
  expect(Number(peak)).toBeLessThanOrEqual(512 * 1024 ** 2);
}, 120_000);

test('520 MB of zeros in one file may be stored, but their commit is refused before it is unpacked', async () => {
  const { tree } = await launch();
  await writeFile(path.join(tree, 'zeros'), Buffer.alloc(520 * 1024 ** 2));
  const commit = await commitAll(tree);
  let refusal: unknown;
  stand.answerWith(async ({ quarantine }, connection) => {
    const at = {
      repository: current.repository,
      commit,
      quarantine: parseQuarantine(current.repository, quarantine) ?? undefined,
    };
    refusal = await listTree(stand.deps, at).catch((cause: unknown) => cause);
    connection.end('log refused\nend 1\n');
  });
  const pushed = await push(tree, 'main');
  expect(pushed.code).toBe(1);
  expect(String(refusal)).toContain('The commit unpacks to more than 500 MB.');
}, 120_000);

test('a tree of ten million files, or of as many empty folders, is refused after 20,000', async () => {
  const { site, tree } = await launch();
  const names = Array.from({ length: 10 }, (_, index) => `d${index}`);
  let level = await writeTree(tree, names.map((name) => ({ mode: '100644', name, object: '' })).slice(0, 0));
  const empty = level;
  const file = await blob(tree);
  level = await writeTree(
    tree,
    names.map((name) => ({ mode: '100644', name, object: file })),
  );
  let hollow = empty;
  for (let depth = 0; depth < 7; depth += 1) {
    level = await writeTree(
      tree,
      names.map((name) => ({ mode: '40000', name, object: level })),
    );
    hollow = await writeTree(
      tree,
      names.map((name) => ({ mode: '40000', name, object: hollow })),
    );
  }
  const [bomb, maze] = [await commitTree(tree, level), await commitTree(tree, hollow)];
  expect((await push(tree, `${bomb}:refs/heads/bomb`, `${maze}:refs/heads/maze`)).code).toBe(0);
  const { deps } = stand;
  await expect(listTree(deps, { repository: site.repository, commit: bomb })).rejects.toThrow(
    'has more than 20,000 files and folders',
  );
  await expect(listTree(deps, { repository: site.repository, commit: maze })).rejects.toThrow(
    'has more than 20,000 files and folders',
  );
}, 60_000);

test.each([
  ['100644', '.git'],
  ['40000', '.GIT'],
  ['100644', '..'],
  ['100644', '../evil'],
  ['100644', '.git/config'],
  ['100644', 'git~1'],
])('a tree with an entry %s %j is refused at the push', async (mode, name) => {
  const { site, tree } = await launch();
  const file = await blob(tree);
  const object = mode === '40000' ? await writeTree(tree, [{ mode: '100644', name: 'config', object: file }]) : file;
  const commit = await commitTree(tree, await writeTree(tree, [{ mode, name, object }]));
  const pushed = await push(tree, `${commit}:refs/heads/main`);
  expect(pushed.code).not.toBe(0);
  expect(pushed.err).toContain("remote: The push has an object that git's own checks refuse");
  expect(await refsOf(site)).toBe('');
  expect(await leftovers(site.repository)).toEqual([]);
});

test('paths and links that git takes but a site may not have are refused before they are unpacked', async () => {
  const { site, tree } = await launch();
  const file = await blob(tree);
  for (const name of ['a\nb', 'a\u0007', 'x'.repeat(300)]) {
    const commit = await commitTree(tree, await writeTree(tree, [{ mode: '100644', name, object: file }]));
    expect((await push(tree, `+${commit}:refs/heads/x`)).code).toBe(0);
    await expect(listTree(stand.deps, { repository: site.repository, commit }), JSON.stringify(name)).rejects.toThrow(
      'The path',
    );
  }
  await symlink('/etc/passwd', path.join(tree, 'Procfile'));
  const commit = await commitAll(tree);
  await push(tree, '+main:refs/heads/x');
  const at = { repository: site.repository, commit };
  await expect(listTree(stand.deps, at)).rejects.toThrow(
    'The path "Procfile" is a link that leads out of the repository.',
  );
  expect(await readCommitFile(stand.deps, at, 'Procfile')).toBeNull();
});

test('a commit is listed, read, described and archived, also in quarantine', async () => {
  const { tree } = await launch();
  await writeFile(path.join(tree, 'main.py'), 'print(1)\n');
  await writeFile(path.join(tree, 'run.sh'), '#!/bin/sh\n');
  await chmod(path.join(tree, 'run.sh'), 0o755);
  await symlink('main.py', path.join(tree, 'link'));
  await stand.git(tree, 'add', '-A');
  await stand.git(tree, 'commit', '-q', '-m', 'Say \u001b[31mhello\n\nbody');
  const commit = (await stand.git(tree, 'rev-parse', 'HEAD')).out.trim();
  const seen: { tree?: string[]; file?: unknown; absent?: unknown; about?: unknown; tar?: boolean } = {};
  stand.answerWith(async ({ quarantine }, connection) => {
    const at = {
      repository: current.repository,
      commit,
      quarantine: parseQuarantine(current.repository, quarantine) ?? undefined,
    };
    seen.tree = (await listTree(stand.deps, at)).map(({ path, kind, bytes }) => `${kind} ${path} ${bytes}`);
    seen.file = await readCommitFile(stand.deps, at, 'main.py');
    seen.absent = await readCommitFile(stand.deps, at, 'nothing');
    seen.about = await describeCommit(stand.deps, at);
    seen.tar = (await text(archiveCommit(stand.deps, at))).includes('print(1)');
    connection.end('end 0\n');
  });
  expect((await push(tree, 'main')).code).toBe(0);
  expect(seen).toMatchObject({
    tree: ['link link 7', 'file main.py 9', 'executable run.sh 10'],
    file: 'print(1)\n',
    absent: null,
    about: { commit, subject: 'Say [31mhello', author: 'A Person' },
    tar: true,
  });
});

test('an archive of a commit that is not there ends with an error, never as an empty tar', async () => {
  const { site } = await launch();
  const archive = archiveCommit(stand.deps, { repository: site.repository, commit: 'b'.repeat(40) });
  await expect(text(archive)).rejects.toThrow('Git ended before it was done.');
});

test('a full disk is said in a sentence and changes nothing', async () => {
  const { site, tree } = await launch();
  const mounted = await mountSmallDisk(site.repository);
  try {
    await writeFile(path.join(tree, 'blob'), randomBytes(12 * 1024 ** 2));
    await commitAll(tree);
    const pushed = await push(tree, 'main');
    expect(pushed.code).toBe(1);
    expect(pushed.err).toContain(
      "remote: The site's disk is full. Nothing was changed. Delete files over SSH, then push again.",
    );
    expect(await refsOf(site)).toBe('');
    expect(await leftovers(site.repository)).toEqual([]);
  } finally {
    await mounted.unmount();
  }
});

test('a client that is silent is ended, and the next push goes through', async () => {
  const { site, tree } = await launch();
  const deps = { ...stand.deps, bounds: { ...stand.deps.bounds, idleMs: 300 } };
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdout.resume();
  const code = await serveGit(deps, { site, service: 'receive-pack', mode: 'ssh' }, { stdin, stdout, stderr });
  expect(code).not.toBe(0);
  expect(stderr.read()?.toString()).toContain('Nothing moved for');
  expect((await push(tree, 'main')).code).toBe(0);
});

/** A tmpfs of 8 MB over the repository's objects. */
async function mountSmallDisk(repository: string) {
  const { uid, gid } = stand.deps.confinement.account;
  const objects = path.join(repository, 'objects');
  const run = (file: string, args: string[]) =>
    new Promise<void>((resolve, reject) => {
      execFile(file, args, { timeout: 10_000 }, (fault) => (fault ? reject(fault) : resolve()));
    });
  await run('mount', ['-t', 'tmpfs', '-o', `size=8m,uid=${uid},gid=${gid},mode=755`, 'tmpfs', objects]);
  await run('install', [
    '-d',
    '-o',
    String(uid),
    '-g',
    String(gid),
    path.join(objects, 'pack'),
    path.join(objects, 'info'),
  ]);
  return { unmount: () => run('umount', ['--lazy', objects]) };
}
