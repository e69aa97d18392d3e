// Keeps the history reader: starts it when it is first asked, ends it when it does not answer or has long been idle.

import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { AppError } from '#lib/errors/app-error.ts';
import { ensureCgroup } from '#lib/git/cgroup.ts';
import { planEntry } from '#lib/git/confine.ts';
import type { GitDeps } from '#lib/git/deps.ts';
import type { HistoryQuestion } from './history-question.ts';
import type { ReaderAnswer, ReaderRequest } from './history-reader.ts';

export interface History {
  /** The answer as it goes to the page, or null when there is no such thing. Throws `interrupted` when it cannot be read. */
  ask(repository: string, question: HistoryQuestion): Promise<unknown>;
  close(): void;
}

interface Pending {
  reader: ChildProcess;
  resolve: (result: unknown) => void;
  reject: (cause: Error) => void;
  timer: NodeJS.Timeout;
}

const READER = path.join(import.meta.dirname, 'history-reader.ts');
const ANSWER_MS_MAX = 5_000;
const IDLE_MS = 5 * 60_000;
const PENDING_MAX = 32;
const BOUNDS = { memoryBytesMax: 256 * 1024 ** 2, pidsMax: 64 };

/** It ended, by another's question or by itself: what was asked of it may be asked again. */
class ReaderEnded extends Error {}

export function createHistory(git: Pick<GitDeps, 'confinement' | 'log'>, instance: string): History {
  const pending = new Map<number, Pending>();
  let current: Promise<ChildProcess> | null = null;
  let idle: NodeJS.Timeout | undefined;
  let nextId = 1;

  const start = async () => {
    const groups = await ensureCgroup(`lightkeeper-${instance}-history`, BOUNDS).catch(() => []);
    const child = spawnReader(git, groups);
    child.on('message', (answer: ReaderAnswer) => {
      const waiting = pending.get(answer.id);
      if (!waiting) return;
      if ('fault' in answer) waiting.reject(new Error(answer.fault));
      else waiting.resolve(answer.result);
    });
    child.once('error', (cause) => git.log.error({ cause: String(cause) }, 'the history reader cannot be started'));
    child.once('close', (code, signal) => {
      const left = [...pending.values()].filter(({ reader }) => reader === child);
      if (left.length > 0) git.log.warn({ code, signal }, 'the history reader ended while it was asked');
      for (const { reject } of left) reject(new ReaderEnded('the history reader ended'));
    });
    return child;
  };

  const leave = (reader: Promise<ChildProcess>) => {
    if (current === reader) current = null;
  };

  /** The one that is there, or a new one. */
  const open = () => {
    if (current) return current;
    const opened = start();
    current = opened;
    opened.then(
      (child) => child.once('close', () => leave(opened)),
      () => leave(opened), // Whoever asked hears why.
    );
    return opened;
  };

  const stop = () => {
    clearTimeout(idle);
    void current?.then((child) => child.kill('SIGKILL'));
  };

  const askOnce = async (repository: string, question: HistoryQuestion) => {
    const opened = open();
    const reader = await opened;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = nextId++;
    const timer = setTimeout(() => {
      reject(new Error('the history reader took too long'));
      // It may take a while to be gone: the next question is another one's.
      leave(opened);
      reader.kill('SIGKILL');
    }, ANSWER_MS_MAX);
    pending.set(id, { reader, resolve, reject, timer });
    reader.send({ id, repository, question } satisfies ReaderRequest, (cause) => {
      if (cause) reject(new ReaderEnded('the history reader does not take questions', { cause }));
    });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      pending.delete(id);
    }
  };

  return {
    close: stop,
    async ask(repository, question) {
      if (pending.size >= PENDING_MAX) throw unreadable('too many questions at once');
      clearTimeout(idle);
      try {
        return await askOnce(repository, question).catch((cause) => {
          if (!(cause instanceof ReaderEnded)) throw cause;
          return askOnce(repository, question);
        });
      } catch (cause) {
        git.log.warn({ repository, kind: question.kind, cause: String(cause) }, 'a repository could not be read');
        throw unreadable(cause);
      } finally {
        if (pending.size === 0) idle = setTimeout(stop, IDLE_MS).unref();
      }
    },
  };
}

function spawnReader({ confinement }: Pick<GitDeps, 'confinement'>, groups: string[]): ChildProcess {
  const { uid, gid } = confinement.account;
  // V8 reserves far more addresses than it uses, so only the cgroup bounds memory here.
  const entry = planEntry({
    groups,
    addressSpaceBytesMax: Number.POSITIVE_INFINITY,
    cpuSecondsMax: Number.POSITIVE_INFINITY,
  });
  const node = [process.execPath, '--max-old-space-size=128', READER, String(uid), String(gid)];
  return spawn('/bin/sh', [...entry, 'setpriv', '--no-new-privs', '--', ...node], {
    env: { PATH: '/usr/bin:/bin' } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

function unreadable(cause: unknown): AppError {
  return new AppError('interrupted', {
    message: 'The repository cannot be shown right now.',
    hint: 'Reload the page in a moment, or clone the repository.',
    cause,
  });
}
