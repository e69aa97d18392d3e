// A visitor's OpenSSH, as the end-to-end tests use it: keys, connections that stay open, terminals that are resized, and
// large transfers that are counted and not kept.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { api, expect, type Site, SSH_OPTIONS } from './fixtures.ts';
import { must, type Ran, type RunOptions, run } from './programs.ts';

const HELD_MS_MAX = 110_000;

/** Makes a key pair; answers the private key's file. */
export async function makeKey(dir: string, type: 'ed25519' | 'rsa' | 'ecdsa'): Promise<string> {
  const file = path.join(dir, `id_${type}`);
  await must('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
  return file;
}

/** Gives the site a public key; answers the key's id. */
export async function addKey(site: Site, file: string): Promise<string> {
  const key = await must('cat', [`${file}.pub`]);
  const added = await api(site, '/keys', { method: 'POST', body: JSON.stringify({ key }) });
  expect(added.status).toBe(201);
  return ((await added.json()) as { id: string }).id;
}

export async function removeKey(site: Site, id: string): Promise<void> {
  const removed = await api(site, '/keys', { method: 'DELETE', body: JSON.stringify({ id }) });
  expect(removed.status).toBe(200);
}

/** Options for a client that has this key and nothing else. */
export function withKey(file: string): string[] {
  return [...SSH_OPTIONS, '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-i', file];
}

/** Logs in with any name and password at any port, once. */
export function logIn(
  to: { port: number; user: string; password: string },
  command: string,
  options: RunOptions & { flags?: string[] } = {},
): Promise<Ran> {
  const once = ['-o', 'NumberOfPasswordPrompts=1', '-o', 'PreferredAuthentications=password'];
  const where = [...(options.flags ?? []), '-p', String(to.port), `${to.user}@localhost`];
  return run('sshpass', ['-p', to.password, 'ssh', ...SSH_OPTIONS, ...once, ...where, command], options);
}

/** The words of an ssh command to the site's own port. */
export function sshWords(
  site: Site,
  login: 'password' | { key: string },
  flags: string[],
  command: string[],
): string[] {
  const words =
    login === 'password' ? ['sshpass', '-p', site.ssh.password, 'ssh', ...SSH_OPTIONS] : ['ssh', ...withKey(login.key)];
  return [...words, ...flags, '-p', String(site.ssh.port), `${site.ssh.user}@${site.ssh.host}`, ...command];
}

export interface Held {
  child: ChildProcessWithoutNullStreams;
  /** All that it wrote. */
  text(): string;
  /** Resolves when it has written this. */
  says(pattern: RegExp, withinMs?: number): Promise<void>;
  type(text: string): void;
  /** As when the cable is pulled: the client gets no chance to say goodbye. */
  kill(): Promise<void>;
  ended: Promise<number>;
}

/** Starts a program that stays. It is killed when it stays longer than a test may. */
export function hold(words: string[]): Held {
  const [file = '', ...args] = words;
  const child = spawn(file, args, { timeout: HELD_MS_MAX, killSignal: 'SIGKILL' });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  child.stdin.on('error', () => {}); // It may end before it has read all.
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 255));
  });
  return {
    child,
    text: () => text,
    says: (pattern, timeout = 15_000) => expect.poll(() => text, { timeout, intervals: [20] }).toMatch(pattern),
    type: (keys) => void child.stdin.write(keys),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}

/** A session that stays open. With a key: sshpass in between would keep the client itself from being killed. */
export function holdSession(site: Site, key: string, command: string[], flags: string[] = []): Held {
  return hold(sshWords(site, { key }, flags, command));
}

export interface Terminal extends Held {
  resize(columns: number, rows: number): Promise<void>;
}

/** A shell at a real terminal: script(1) makes it, and its size is set as a window manager would. */
export async function openTerminal(
  site: Site,
  key: string,
  size: { columns: number; rows: number },
): Promise<Terminal> {
  const line = `stty cols ${size.columns} rows ${size.rows}; exec ${sshWords(site, { key }, [], []).join(' ')}`;
  const held = hold(['script', '-qefc', line, '/dev/null']);
  const resize = async (columns: number, rows: number) => {
    const tty = await terminalBelow(held.child.pid ?? 0);
    await must('stty', ['-F', tty, 'cols', String(columns), 'rows', String(rows)]);
  };
  return { ...held, resize };
}

/** The terminal that script(1) made for its child. */
async function terminalBelow(pid: number): Promise<string> {
  const children = await must('cat', [`/proc/${pid}/task/${pid}/children`]);
  for (const child of children.trim().split(' ')) {
    for (const fd of await readdir(`/proc/${child}/fd`)) {
      const target = await readlink(`/proc/${child}/fd/${fd}`).catch(() => ''); // closed meanwhile
      if (/^\/dev\/pts\/\d+$/.test(target)) return target;
    }
  }
  throw new Error('script(1) has no terminal');
}

/** What a command writes, counted and hashed, not kept. */
export function digest(site: Site, command: string): Promise<{ code: number; bytes: number; sha256: string }> {
  const [file = '', ...args] = sshWords(site, 'password', [], [command]);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 });
  const hash = createHash('sha256');
  let bytes = 0;
  child.stdout.on('data', (data: Buffer) => {
    bytes += data.length;
    hash.update(data);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 255, bytes, sha256: hash.digest('hex') }));
  });
}

export function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
