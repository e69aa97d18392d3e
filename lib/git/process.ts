// One confined git process while it runs: its streams, how far it is, its deadlines, its end. Ends the whole process
// group, TERM first, so that git removes what it had half written.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { invariant } from '../errors/app-error.ts';
import { type Confinement, type GitRun, planGit, type SpawnPlan } from './confine.ts';
import type { Holder } from './slots.ts';
import { createThroughput, type Throughput } from './throughput.ts';

export interface Deadlines {
  /** Without a byte in either direction. */
  idleMs: number;
  /** From the start to the end, without the time of the hook. */
  totalMs: number;
  /** Of the hook: a build. */
  hookMs: number;
}

/** Why it was ended: no byte for too long, too long in all, or so slow that others who waited came first. */
export type Expiry = 'idle' | 'total' | 'slow';

export interface GitEnd {
  /** 128 + signal when a signal ended it. */
  code: number;
  expired: Expiry | null;
  /** The last of what it said on standard error. */
  stderr: string;
}

export interface GitProcess extends Holder {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** True once the repository's lock is held, false if the process ended without it. */
  locked: Promise<boolean>;
  /** True once the hook has been asked. */
  reachedHook(): boolean;
  onHook(listener: () => void): void;
  /** To be called with what moves on its behalf. */
  touch(chunk?: Buffer): void;
  stop(): void;
  /** Called when it is told to stop: nobody may go on waiting for a client to take its output. */
  onStop(listener: () => void): void;
  ended: Promise<GitEnd>;
}

/** So long nobody is slow, and so long git is at work after it has said something. */
const SLOW = { graceMs: 15_000, silentMs: 2_000 };
const KILL_AFTER_MS = 3_000;
const STDERR_CHARACTERS_MAX = 4_096;
const STATUS_NUMBERS: Partial<Record<NodeJS.Signals, number>> = {
  SIGTERM: 143,
  SIGKILL: 137,
  SIGPIPE: 141,
  SIGXCPU: 152,
};

export function startGit(confinement: Confinement, run: GitRun, deadlines: Deadlines): GitProcess {
  return startConfined(planGit(confinement, run), deadlines);
}

export function startConfined(plan: SpawnPlan, deadlines: Deadlines): GitProcess {
  const child = spawn(plan.file, plan.args, {
    env: plan.env,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const { stdin, stdout, stderr } = child;
  const progress = child.stdio[3];
  invariant(
    stdin && stdout && stderr && progress && 'setEncoding' in progress,
    'a process started with pipes has them',
  );

  const stopListeners: (() => void)[] = [];
  let closed = false;
  child.once('close', () => {
    closed = true;
  });
  const stop = () => {
    if (closed) return;
    endGroup(child);
    for (const listener of stopListeners) listener();
  };
  const watch = watchDeadlines(deadlines, stop);
  const phases = readPhases(progress as Readable, watch);
  // A process that ends before it has read everything is answered by its exit code, not by EPIPE.
  stdin.on('error', () => {});
  let saidAt = 0;
  stdout
    .on('data', (chunk: Buffer) => {
      saidAt = performance.now();
      watch.touch(chunk);
    })
    .pause();

  const waitsForClient = () => !stdin.writableEnded || stdout.readableLength > 0;

  return {
    stdin,
    stdout,
    stderr,
    locked: phases.locked,
    reachedHook: () => phases.hook,
    onHook: (listener) => phases.listeners.push(listener),
    touch: watch.touch,
    isSlow: (heldMs) =>
      heldMs > SLOW.graceMs &&
      waitsForClient() &&
      watch.throughput.isLow() &&
      performance.now() - saidAt > SLOW.silentMs,
    giveWay: () => watch.expire('slow'),
    stop,
    onStop: (listener) => stopListeners.push(listener),
    ended: waitForEnd(child, stderr, watch).finally(phases.close),
  };
}

interface Watch {
  touch: (chunk?: Buffer) => void;
  throughput: Throughput;
  enter(phase: 'git' | 'hook'): void;
  expire(kind: Expiry): void;
  close(): void;
  expired: Expiry | null;
}

function watchDeadlines(deadlines: Deadlines, onExpire: () => void): Watch {
  let idle: NodeJS.Timeout | undefined;
  let total: NodeJS.Timeout | undefined;
  let leftMs = deadlines.totalMs;
  let since = Date.now();
  const throughput = createThroughput();
  const expire = (kind: Expiry) => () => watch.expire(kind);
  const watch: Watch = {
    expired: null,
    touch(chunk) {
      throughput.moved(chunk?.length ?? 0);
      idle?.refresh();
    },
    throughput,
    expire(kind) {
      watch.expired ??= kind;
      onExpire();
    },
    enter(phase) {
      watch.close();
      if (phase === 'hook') {
        leftMs -= Date.now() - since;
        total = setTimeout(expire('total'), deadlines.hookMs);
      } else {
        since = Date.now();
        total = setTimeout(expire('total'), Math.max(leftMs, 1_000));
        idle = setTimeout(expire('idle'), deadlines.idleMs);
      }
    },
    close() {
      clearTimeout(idle);
      clearTimeout(total);
      idle = undefined;
    },
  };
  watch.enter('git');
  return watch;
}

/** Reads the words that the entry and the hook write to descriptor 3. */
function readPhases(progress: Readable, watch: Watch) {
  const locked = Promise.withResolvers<boolean>();
  const listeners: (() => void)[] = [];
  const phases = { locked: locked.promise, hook: false, listeners, close: () => locked.resolve(false) };
  progress.setEncoding('utf8');
  progress.on('error', () => {});
  progress.on('data', (text: string) => {
    for (const word of text.split('\n')) {
      if (word === 'locked') locked.resolve(true);
      if (word === 'hook') {
        phases.hook = true;
        watch.enter('hook');
        for (const listener of listeners) listener();
      }
      if (word === 'hooked') watch.enter('git');
    }
  });
  return phases;
}

async function waitForEnd(child: ChildProcess, stderr: Readable, watch: Watch): Promise<GitEnd> {
  let text = '';
  stderr.on('data', (chunk: Buffer) => {
    watch.touch();
    text = (text + chunk.toString('utf8')).slice(-STDERR_CHARACTERS_MAX);
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject);
  // What the process left behind would hold its pipes open for ever.
  child.once('exit', () => killGroupLater(child));
  child.once('close', (code, signal) => resolve(code ?? (signal ? (STATUS_NUMBERS[signal] ?? 128) : 1)));
  try {
    return { code: await promise, expired: watch.expired, stderr: text };
  } finally {
    watch.close();
  }
}

function endGroup(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) signalGroup(child, 'SIGTERM');
  killGroupLater(child);
}

function killGroupLater(child: ChildProcess): void {
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS);
  child.once('close', () => clearTimeout(timer));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended by itself.
  }
}
