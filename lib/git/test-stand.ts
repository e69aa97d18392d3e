// For tests: the real git, confined, on a directory of its own, with a stand-in for the deploy worker that keeps the
// contract of the hook. Needs root, as the product does.

import { type ExecFileException, execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { GIT_USER, requireAccount } from './account.ts';
import { ensureCgroup, removeCgroup } from './cgroup.ts';
import type { GitSite } from './conversation.ts';
import type { GitBounds, GitDeps } from './deps.ts';
import { initRepository } from './repository.ts';
import { createSlots } from './slots.ts';

export interface HookQuestion {
  siteId: string;
  updates: { old: string; new: string; ref: string }[];
  quarantine: Record<string, string>;
}

/** What the stand-in for the deploy worker says to a push; the connection ends when it returns. */
export type HookAnswer = (question: HookQuestion, connection: Socket) => Promise<void> | void;

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

export interface Stand {
  directory: string;
  deps: GitDeps;
  questions: HookQuestion[];
  answerWith(answer: HookAnswer): void;
  stopHook(): Promise<void>;
  createSite(name: string, options?: { pushBytesMax?: number }): Promise<GitSite>;
  /** A git client of a user: its own configuration, no prompt. */
  git(cwd: string, ...args: string[]): Promise<Outcome>;
  /** Makes a work tree with one commit on main. */
  workTree(name: string): Promise<string>;
  close(): Promise<void>;
}

export const ACCEPT: HookAnswer = (_question, connection) => void connection.end('end 0\n');

export async function createStand(bounds: Partial<GitBounds> = {}): Promise<Stand> {
  await ensureAccount();
  const group = `lightkeeper-test-git-${process.pid}`;
  const directory = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-git-'));
  await chmod(directory, 0o755);
  const account = await requireAccount(GIT_USER);
  const hooksDir = path.join(directory, 'hooks');
  await cp(path.join(import.meta.dirname, '../../workers/git-hooks'), hooksDir, { recursive: true });
  const hook = await openHook(path.join(directory, 'hook.sock'), account.gid);
  const deps: GitDeps = {
    confinement: {
      account,
      groups: await ensureCgroup(group, { memoryBytesMax: 512 * 1024 ** 2, pidsMax: 256 }),
      hooksDir,
      addressSpaceBytesMax: 384 * 1024 ** 2,
      cpuSecondsMax: 120,
    },
    bounds: {
      idleMs: 20_000,
      pushMs: 60_000,
      fetchMs: 60_000,
      readMs: 10_000,
      hookMs: 60_000,
      lockWaitSeconds: 20,
      ...bounds,
    },
    pushes: createSlots({ total: 4, perKey: 2, waitMs: 20_000, waitersMax: 20 }),
    fetches: createSlots({ total: 4, perKey: 2, waitMs: 20_000, waitersMax: 20 }),
    hookSocket: hook.socket,
    log: pino({ level: 'silent' }),
  };
  return {
    directory,
    deps,
    questions: hook.questions,
    answerWith: hook.answerWith,
    stopHook: hook.close,
    git: (cwd, ...args) => runClient(directory, cwd, args),
    async createSite(name, { pushBytesMax = 20 * 1024 ** 2 } = {}) {
      const repository = path.join(directory, 'sites', name, 'git');
      await initRepository(repository, account);
      return { id: crypto.randomUUID(), name, owner: name, repository, pushBytesMax };
    },
    async workTree(name) {
      const tree = path.join(directory, name);
      await mkdir(tree);
      await runClient(directory, tree, ['init', '-q', '-b', 'main']);
      await runClient(directory, tree, ['commit', '-q', '--allow-empty', '-m', 'First']);
      return tree;
    },
    async close() {
      await hook.close();
      await rm(directory, { recursive: true, force: true });
      await removeCgroup(group);
    },
  };
}

/** Names in a repository that only an interrupted push leaves. */
export async function leftovers(repository: string): Promise<string[]> {
  const names = await readdir(path.join(repository, 'objects'), { recursive: true });
  return names.filter((name) => /tmp_|incoming/.test(name));
}

async function openHook(socket: string, gid: number) {
  const questions: HookQuestion[] = [];
  let answer = ACCEPT;
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    let text = '';
    connection.on('error', () => {});
    connection.on('data', (chunk) => {
      text += chunk.toString();
      if (!text.endsWith('\n')) return;
      const question: HookQuestion = JSON.parse(text);
      text = '';
      questions.push(question);
      void Promise.resolve(answer(question, connection)).finally(() => connection.end());
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await chown(socket, 0, gid);
  await chmod(socket, 0o660);
  return {
    socket,
    questions,
    answerWith: (next: HookAnswer) => {
      answer = next;
    },
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

function runClient(home: string, cwd: string, args: string[]): Promise<Outcome> {
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'A Person',
    GIT_AUTHOR_EMAIL: 'person@example.org',
    GIT_COMMITTER_NAME: 'A Person',
    GIT_COMMITTER_EMAIL: 'person@example.org',
    LC_ALL: 'C.UTF-8',
  } as unknown as NodeJS.ProcessEnv;
  return new Promise((resolve) => {
    const done = (fault: ExecFileException | null, out: string, err: string) =>
      resolve({ code: fault ? Number(fault.code ?? 1) : 0, out, err });
    execFile('git', args, { cwd, env, timeout: 120_000, maxBuffer: 32 * 1024 ** 2 }, done);
  });
}

async function ensureAccount(): Promise<void> {
  if (await requireAccount(GIT_USER).catch(() => null)) return;
  const args = ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', '--user-group', GIT_USER];
  await new Promise<void>((resolve, reject) => {
    execFile('useradd', args, { timeout: 10_000 }, (fault) => (fault ? reject(fault) : resolve()));
  });
}
