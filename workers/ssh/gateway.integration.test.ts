// The gateway port, with real git and OpenSSH against a repository of this machine.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LogsRequest } from './console/command.ts';
import type { GitRequest } from './gateway-door.ts';
import type { Streams } from './run.ts';
import { exampleSite, PASSWORD } from './testing/example-site.ts';
import { type Client, createClient } from './testing/openssh.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';
import { until } from './testing/until.ts';

const OWN = exampleSite({});
const OTHER = exampleSite({ id: '01890a5d-ac96-774b-bcce-b302099a8058', name: 'other-site', port: 22_001 });

let server: TestServer;
let client: Client;
let repositories = '';
const requests: GitRequest[] = [];
const rolledBack: string[] = [];
let followers = 0;

function serveGit(request: GitRequest, { stdin, stdout, stderr, over }: Streams): Promise<number> {
  requests.push(request);
  const git = spawn('git', [request.service, path.join(repositories, request.site.id)], { signal: over });
  git.on('error', () => {});
  stdin.pipe(git.stdin);
  git.stdout.pipe(stdout, { end: false });
  git.stderr.pipe(stderr, { end: false });
  return new Promise((resolve) => git.once('close', (code) => resolve(code ?? 1)));
}

async function showLogs(_: unknown, { over }: LogsRequest): Promise<void> {
  followers += 1;
  await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
  followers -= 1;
}

beforeAll(async () => {
  const requestRollback = async (site: { name: string }) => {
    rolledBack.push(site.name);
    return 'It serves its earlier release again.';
  };
  repositories = await mkdtemp(path.join(tmpdir(), 'repositories-'));
  for (const { id } of [OWN, OTHER]) {
    await promisify(execFile)('git', ['init', '-q', '--bare', '-b', 'main', path.join(repositories, id)]);
  }
  const gateway = { serveGit, requestRollback, showLogs };
  [server, client] = await Promise.all([startTestServer({ gateway }), createClient()]);
  server.sites.rows = [OWN, OTHER];
});
afterAll(async () => {
  await Promise.all([server.close(), client.remove(), rm(repositories, { recursive: true })]);
});
afterEach(() => {
  server.sites.keys = [];
  requests.length = 0;
});

const allowKey = () => server.sites.keys.push({ siteId: OWN.id, publicKey: client.publicKey });
const ssh = (user: string, words: string[], given = {}) => client.ssh(server.gatewayPort, words, { user, ...given });
const git = (words: string[], env: Record<string, string> = {}) =>
  client.run('git', words, {
    env: { GIT_SSH_COMMAND: `ssh ${client.options.join(' ')}`, GIT_TERMINAL_PROMPT: '0', ...env },
  });
const remote = (user: string, name: string) => `ssh://${user}@127.0.0.1:${server.gatewayPort}/${name}.git`;

describe('git over SSH', () => {
  it('clones, pushes and fetches as the site’s name, and as git', async () => {
    allowKey();
    expect((await git(['clone', '-q', remote('calm-reef-7', 'calm-reef-7'), 'work'])).code).toBe(0);
    await writeFile(path.join(client.directory, 'work', 'big'), Buffer.alloc(5_000_000, 'x'));
    const me = ['-C', 'work', '-c', 'user.name=x', '-c', 'user.email=x@example.com'];
    await git([...me, 'add', '.']);
    await git([...me, 'commit', '-qm', 'one']);
    const push = await git([...me, 'push', '-q', 'origin', 'HEAD:main']);
    expect([push.code, push.stderr]).toEqual([0, '']);
    const clone = await git(['clone', '-q', remote('git', 'calm-reef-7'), 'again']);
    expect([clone.code, clone.stderr]).toEqual([0, '']);
    expect(requests.map(({ site, service }) => `${service} ${site.name}`)).toEqual([
      'upload-pack calm-reef-7',
      'receive-pack calm-reef-7',
      'upload-pack calm-reef-7',
    ]);
    expect(requests[0]?.protocol).toBe('version=2');
  });

  it.each([
    ['calm-reef-7', 'other-site'],
    ['git', 'other-site'],
    ['git', 'no-such-site'],
    ['git', '../../etc'],
  ])('says of a foreign and an absent repository the same (%s, %s)', async (user, name) => {
    allowKey();
    const outcome = await git(['ls-remote', remote(user, name)]);
    expect([outcome.code, outcome.stderr.split('\n')[0]]).toEqual([128, 'lightkeeper: There is no such site.']);
    expect(requests).toEqual([]);
  });

  it('lets a viewer’s key clone, and tells it on a push who can change that', async () => {
    server.sites.keys = [{ siteId: OWN.id, publicKey: client.publicKey, access: 'view' }];
    for (const user of ['calm-reef-7', 'git']) {
      expect((await git(['ls-remote', remote(user, 'calm-reef-7')])).code).toBe(0);
      requests.length = 0;
      const push = await git(['-C', 'work', 'push', remote(user, 'calm-reef-7'), 'HEAD:refs/heads/other']);
      expect([push.code, push.stderr.split('\n').slice(0, 2)]).toEqual([
        128,
        [
          'lightkeeper: You may look at this site, and not change it.',
          expect.stringContaining('Ask its owner to make you a developer.'),
        ],
      ]);
      expect(requests).toEqual([]);
    }
    const before = rolledBack.length;
    expect((await ssh('calm-reef-7', ['rollback'])).code).toBe(255);
    expect((await ssh('calm-reef-7', ['status'])).code).toBe(0);
    expect(rolledBack).toHaveLength(before);
  });

  it('takes a password for the site’s name, none for git, and a key of no site for neither', async () => {
    const list = "git-upload-pack '/calm-reef-7.git'";
    const withPassword = await ssh('calm-reef-7', [list], { password: PASSWORD, input: '0000' });
    expect(withPassword.code).toBe(0);
    const asGit = await ssh('git', [list], { password: PASSWORD });
    expect(asGit.stderr).toContain('Permission denied (publickey)');
    const asOther = await ssh('no-such-site', [list], { password: PASSWORD });
    expect(asOther.stderr).toContain('Permission denied (publickey,password)');
    expect((await ssh('git', [list])).stderr).toContain('Permission denied (publickey)');
    expect((await ssh('calm-reef-7', [list])).stderr).toContain('Permission denied (publickey,password)');
  });
});

describe('the console', () => {
  afterEach(() => {
    server.sites.accounts = [];
  });

  it('takes an account’s key under every name, and knows no site but those it opens', async () => {
    server.sites.accounts = [{ id: 'olga', email: 'olga@example.org', publicKey: client.publicKey }];
    for (const user of ['olga', 'other-site', 'console']) {
      const whoami = await ssh(user, ['whoami']);
      expect([whoami.code, String(whoami.stdout)]).toEqual([0, expect.stringContaining('You are olga@example.org')]);
      for (const name of ['other-site', 'no-such-site']) {
        expect(await ssh(user, [`status ${name}`])).toMatchObject({
          code: 1,
          stderr: expect.stringContaining('There is no such site.'),
        });
      }
    }
    server.sites.keys.push({ siteId: OWN.id, publicKey: client.publicKey });
    const status = await ssh('olga', ['status', 'calm-reef-7']);
    expect([status.code, String(status.stdout)]).toEqual([0, expect.stringContaining('calm-reef-7.localhost')]);
    server.sites.accounts = [];
    expect((await ssh('olga', ['status', 'calm-reef-7'])).stderr).toContain('Permission denied');
    expect((await ssh('console', ['status', 'calm-reef-7'])).code).toBe(0);
  });

  it('tells of a site whose launch failed what `ls` has of it, and why the rest waits', async () => {
    server.sites.accounts = [{ id: 'olga', email: 'olga@example.org', publicKey: client.publicKey }];
    server.sites.rows = [exampleSite({ failure: 'The engine does not answer.' }), OTHER];
    const strange = await ssh('olga', ['status', 'calm-reef-7']);
    expect(strange).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no such site.') });
    allowKey();
    const status = await ssh('olga', ['status', 'calm-reef-7']);
    expect([status.code, String(status.stdout)]).toEqual([0, expect.stringContaining('  disk       1 GB')]);
    expect(String(status.stdout)).toContain('  ! The launch failed: The engine does not answer.');
    for (const command of ['logs calm-reef-7', 'rollback calm-reef-7']) {
      expect(await ssh('olga', [command])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('The launch of calm-reef-7 failed: The engine does not answer.'),
      });
    }
    const list = await git(['ls-remote', remote('git', 'calm-reef-7')]);
    expect([list.code, list.stderr]).toEqual([128, expect.stringContaining('The launch of calm-reef-7 failed')]);
    server.sites.rows = [OWN, OTHER];
  });

  it('ends a log that is followed when the site is no longer shared', async () => {
    server.sites.accounts = [{ id: 'olga', email: 'olga@example.org', publicKey: client.publicKey }];
    server.sites.keys = [{ siteId: OWN.id, publicKey: client.publicKey, access: 'develop' }];
    const following = ssh('olga', ['logs', 'calm-reef-7', '-f']);
    expect(await until(() => followers === 1)).toBe(true);
    server.sites.keys = [];
    expect(await following).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no such site.') });
    expect(followers).toBe(0);
  });

  it('takes a key that nobody knows as `console` alone', async () => {
    expect((await ssh('console', ['help'])).code).toBe(0);
    const usage = await ssh('console', ['lgos']);
    expect([usage.code, usage.stderr]).toEqual([
      2,
      'lightkeeper: This port does not know that command.\nDid you mean `logs`?\n',
    ]);
    for (const user of ['calm-reef-7', 'no-such-site']) {
      expect((await ssh(user, ['help'])).stderr).toContain('Permission denied (publickey,password)');
    }
  });
});

describe('the gateway for people', () => {
  it('answers a shell with two lines and exit code 1', async () => {
    allowKey();
    for (const flags of [['-T'], ['-tt']]) {
      const outcome = await client.run('ssh', [
        ...client.options,
        ...flags,
        '-p',
        `${server.gatewayPort}`,
        'calm-reef-7@127.0.0.1',
      ]);
      const lines = String(outcome.stdout).trim().split(/\r?\n/);
      expect([outcome.code, lines.length]).toEqual([1, 2]);
      expect(lines[1]).toBe('Your site’s shell: ssh -p 22000 root@localhost'.replace('’', "'"));
    }
  });

  it('knows status, help and rollback', async () => {
    allowKey();
    const status = await ssh('calm-reef-7', ['status']);
    expect([status.code, String(status.stdout)]).toEqual([
      0,
      expect.stringContaining('http://calm-reef-7.localhost:8080'),
    ]);
    expect(String((await ssh('git', ['help'])).stdout)).toContain('rollback');
    const rollback = await ssh('calm-reef-7', ['rollback']);
    expect([rollback.code, String(rollback.stdout)]).toEqual([0, 'It serves its earlier release again.\n']);
    expect(rolledBack).toEqual(['calm-reef-7']);
    expect((await ssh('git', ['rollback'])).code).toBe(255);
  });

  it('refuses other commands, sftp and forwarding with a sentence', async () => {
    allowKey();
    const command = await ssh('calm-reef-7', ['cat /etc/passwd']);
    expect([command.code, command.stderr.split('\n')[0]]).toEqual([
      255,
      'lightkeeper: This port does not know that command.',
    ]);
    const sftp = await client.run('sftp', [...client.options, '-P', `${server.gatewayPort}`, 'calm-reef-7@127.0.0.1']);
    expect(sftp.stderr).toContain('There is no sftp on this port.');
    const forward = await client.run('ssh', [
      ...client.options,
      '-W',
      'localhost:80',
      '-p',
      `${server.gatewayPort}`,
      'calm-reef-7@127.0.0.1',
    ]);
    expect(forward.stderr).toContain('forwarding failed');
    expect(server.engine.requests).toEqual([]);
  });
});
