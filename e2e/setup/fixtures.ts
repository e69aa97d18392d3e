// What every end-to-end test starts from: a site of its own, launched over the API and deleted at the end, and the real
// clients set up for it.

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { test as base, expect } from '@playwright/test';
import { must, type Ran, type RunOptions, run } from './programs.ts';
import { TEST_INSTANCE } from './test-instance.ts';

export { expect };

export const APP_URL = `http://localhost:${TEST_INSTANCE.LIGHTKEEPER_HTTP_PORT}`;

/** The part of the API's answer that the tests use. */
export interface Site {
  name: string;
  address: string;
  token: string;
  git: { http: string; httpWithToken: string; ssh: string };
  ssh: { host: string; port: number; user: string; password: string; command: string };
  limits: { diskBytes: number; memoryBytes: number; pids: number };
}

export interface Workspace {
  dir: string;
  /** Clones the site over HTTP into a fresh folder and answers it. */
  clone(site: Site): Promise<string>;
  /** Replaces the clone's files by a fixture app of e2e/sites and commits. */
  use(clone: string, app: string): Promise<void>;
  commit(clone: string, files: Record<string, string | Buffer>, message?: string): Promise<void>;
  push(clone: string, remote?: string): Promise<Ran>;
}

export const test = base.extend<{ site: Site; neighbour: Site; workspace: Workspace }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  site: async ({}, use) => {
    const site = await launch();
    await use(site);
    await remove(site);
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  neighbour: async ({}, use) => {
    const site = await launch();
    await use(site);
    await remove(site);
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  workspace: async ({}, use) => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-e2e-'));
    await use(createWorkspace(dir));
    await rm(dir, { recursive: true, force: true });
  },
});

/** Launches over the API and waits until the site answers. */
export async function launch(body: { name?: string } = {}): Promise<Site> {
  const site = await requestLaunch(body);
  await expect.poll(() => status(site.address), { timeout: 60_000, intervals: [50] }).toBe(200);
  return site;
}

/** Launches over the API; the site may have to be made yet. */
export async function requestLaunch(body: { name?: string } = {}): Promise<Site & { state: string }> {
  const response = await fetch(`${APP_URL}/api/sites`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`launch answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Site & { state: string };
}

export async function remove(site: Site): Promise<void> {
  const response = await api(site, '?now=1', { method: 'DELETE' });
  if (!response.ok && response.status !== 404) throw new Error(`delete answered ${response.status}`);
}

/** The site's own part of the API, with its token. */
export function api(site: Site, place: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${site.token}`, ...init.headers };
  return fetch(`${APP_URL}/api/sites/${site.name}${place}`, { ...init, headers });
}

/** A GET that resolves NAME.localhost as browsers do: to loopback. */
export function get(url: string): Promise<{ status: number; body: string }> {
  const { host, port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: pathname + search,
      headers: { host },
      timeout: 10_000,
      agent: false,
    };
    const request = http.get(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer in 10 s')));
    request.on('error', reject);
  });
}

export async function status(url: string): Promise<number> {
  return get(url).then(
    (answer) => answer.status,
    () => 0,
  );
}

export const SSH_OPTIONS = [
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  'UserKnownHostsFile=/dev/null',
  '-o',
  'LogLevel=ERROR',
  '-F',
  '/dev/null',
];

/** A command over the site's own SSH port, with its password. */
export function ssh(site: Site, command: string, options: RunOptions & { flags?: string[] } = {}): Promise<Ran> {
  const args = [
    '-p',
    site.ssh.password,
    'ssh',
    ...SSH_OPTIONS,
    ...(options.flags ?? []),
    '-p',
    String(site.ssh.port),
    `root@${site.ssh.host}`,
  ];
  return run('sshpass', command === '' ? args : [...args, command], options);
}

/** Any OpenSSH client with the site's password; the arguments follow the common options. */
export function openssh(
  site: Site,
  client: 'scp' | 'sftp' | 'ssh',
  args: string[],
  options: RunOptions = {},
): Promise<Ran> {
  return run('sshpass', ['-p', site.ssh.password, client, ...SSH_OPTIONS, ...args], options);
}

/** The remote shell that rsync and git are to use. */
export function remoteShell(site: Site): string {
  return `sshpass -p ${site.ssh.password} ssh ${SSH_OPTIONS.join(' ')}`;
}

/** Asks the site again and again until stopped; answers what was not a 200. */
export function watch(site: Site): { stop(): Promise<{ asked: number; failed: string[] }> } {
  let stopped = false;
  let asked = 0;
  const failed: string[] = [];
  const lane = async () => {
    while (!stopped) {
      asked += 1;
      const answer = await get(site.address).catch((error: Error) => ({ status: 0, body: error.message }));
      if (answer.status !== 200) failed.push(`${answer.status} ${answer.body.slice(0, 80)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const lanes = [lane(), lane()];
  return {
    async stop() {
      stopped = true;
      await Promise.all(lanes);
      return { asked, failed };
    },
  };
}

function createWorkspace(dir: string): Workspace {
  const git = (clone: string, ...args: string[]) =>
    must('git', ['-c', 'user.name=Visitor', '-c', 'user.email=visitor@example.org', ...args], { cwd: clone });
  let clones = 0;
  const commitAll = async (clone: string, message: string) => {
    await git(clone, 'add', '-A');
    await git(clone, 'commit', '-qm', message);
  };
  return {
    dir,
    async clone(site) {
      clones += 1;
      const target = path.join(dir, `clone${clones}`);
      await must('git', ['clone', '-q', site.git.httpWithToken, target]);
      return target;
    },
    async use(clone, app) {
      await git(clone, 'rm', '-rqf', '.');
      await cp(path.resolve(import.meta.dirname, '../sites', app), clone, { recursive: true });
      await commitAll(clone, `Use ${app}`);
    },
    async commit(clone, files, message = 'Change') {
      for (const [name, text] of Object.entries(files)) await writeFile(path.join(clone, name), text);
      await commitAll(clone, message);
    },
    push: (clone, remote = 'origin') => run('git', ['push', remote, 'HEAD:main'], { cwd: clone }),
  };
}
