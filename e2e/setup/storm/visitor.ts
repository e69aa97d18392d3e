// One person of a storm, with the clients people have: HTTP, git, OpenSSH.

import { rm } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, type Ran, run } from '../programs.ts';

export interface StormSite {
  name: string;
  address: string;
  token: string;
  git: { httpWithToken: string };
  ssh: { port: number; password: string };
}

/** A site, or the sentence of a machine that is full. */
export type Launched = { site: StormSite; refused: null } | { site: null; refused: { status: number; text: string } };

/** Between two looks of somebody who waits. */
const LOOK_MS = 1_000;
const SSH_OPTIONS = [
  ...['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no'],
  ...['-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
];

/** Where one of many people comes from: each has an address of his own on the loopback, as on the internet. */
function addressOf(number: number): string {
  return `127.7.${Math.floor(number / 250)}.${1 + (number % 250)}`;
}

export async function click(appUrl: string, number: number): Promise<Launched> {
  const { status, body } = await request(`${appUrl}/api/sites`, { method: 'POST', localAddress: addressOf(number) });
  if (status === 0 || status >= 300) return { site: null, refused: { status, text: body } };
  return { site: JSON.parse(body) as StormSite, refused: null };
}

export async function remove(appUrl: string, site: StormSite): Promise<void> {
  const headers = { authorization: `Bearer ${site.token}` };
  await fetch(`${appUrl}/api/sites/${site.name}`, { method: 'DELETE', headers });
}

interface Answer {
  status: number;
  body: string;
  ms: number;
}

/** One request of its own connection; the status is 0 where there was no answer. */
export function visit(url: string): Promise<Answer> {
  return request(url, {});
}

function request(url: string, options: http.RequestOptions): Promise<Answer> {
  const { host, port, pathname } = new URL(url);
  const start = performance.now();
  const target = { host: '127.0.0.1', port, path: pathname, headers: { host }, agent: false, timeout: 30_000 };
  return new Promise((resolve) => {
    const end = (status: number, body: string) => resolve({ status, body, ms: performance.now() - start });
    const asked = http.request({ ...target, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (data) => {
        body += data;
      });
      response.on('end', () => end(response.statusCode ?? 0, body));
      response.on('error', (error) => end(0, error.message));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in 30 s')));
    asked.on('error', (error) => end(0, error.message));
    asked.end();
  });
}

/** Looks until the site answers with the text; false when it has not in time. */
export async function untilServed(site: StormSite, text: string, deadline: number): Promise<boolean> {
  for (;;) {
    const { status, body } = await visit(site.address);
    if (status === 200 && body.includes(text)) return true;
    if (performance.now() > deadline) return false;
    await sleep(LOOK_MS);
  }
}

/** Clones, changes the greeting and pushes. Answers the push, and the text that is to be served. */
export async function push(site: StormSite, dir: string): Promise<Ran & { text: string }> {
  const clone = path.join(dir, site.name);
  const text = `Greetings from ${site.name} in the storm.`;
  const git = (...args: string[]) =>
    must('git', ['-c', 'user.name=Visitor', '-c', 'user.email=visitor@example.org', ...args], { cwd: clone });
  try {
    await must('git', ['clone', '-q', site.git.httpWithToken, clone], { timeoutMs: 300_000 });
    await must('sed', ['-i', `s/^GREETING = .*/GREETING = '${text}'/`, path.join(clone, 'main.py')]);
    await git('commit', '-qam', 'Say so');
    const ran = await run('git', ['push', '-q', 'origin', 'HEAD:main'], { cwd: clone, timeoutMs: 300_000 });
    return { ...ran, text };
  } finally {
    await rm(clone, { recursive: true, force: true });
  }
}

/** A command as root of the site. */
export function ssh(site: StormSite, command: string, timeoutMs = 120_000): Promise<Ran> {
  const login = ['-p', site.ssh.password, 'ssh', ...SSH_OPTIONS, '-p', String(site.ssh.port), 'root@localhost'];
  return run('sshpass', [...login, command], { timeoutMs });
}
