// The worker's end of one exec of `release` (protocol.ts): opens it, sends plan, variables and archive, and gives the words of the
// protocol as functions. Knows nothing of rows, routes or what a user is told.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Engine } from '../engine/engine.ts';
import { createPace, OUTPUT_PACE } from './pace.ts';
import { createOutputReader, type FailedStep, type ReleaseEvent } from './protocol.ts';

const SCRIPT = '/.lightkeeper/release';
const FRAME_BYTES_MIN = 256 * 1024;
const WORD_MS_MAX = 30_000;
const ABORT_MS_MAX = 20_000;
const KILLED = 137;
/** The script's own, by the step that failed, once it has taken the release back. */
const FAILED_EXITS = new Set([9, 10, 11, 12, 13, 14]);
/** A shell's code for a command that is not there. The engine's own for a script without its interpreter is 1. */
const NOT_RUN = 127;

/** How a release failed to become one. `lost`: the script ended without a word; the code is its exit code. */
export class ReleaseFailure extends Error {
  readonly step: FailedStep | 'lost' | 'time';
  readonly code: number;

  constructor(step: ReleaseFailure['step'], code: number) {
    super(`release ${step} failed with ${code}`);
    this.step = step;
    this.code = code;
  }
}

export interface Death {
  code: number;
  /** 0 when it ended by itself. */
  signal: number;
}

export interface ReleaseSession {
  /** Sends plan, variables and archive; answers when the new process has been started. Throws ReleaseFailure. */
  start(plan: string, archive: Readable | null, msMax: number, environment?: Buffer | null): Promise<void>;
  /** Answers when the new process ends by itself before the commit; otherwise never. */
  died: Promise<Death>;
  /** The script's exit code, once it has ended. */
  ended: Promise<number>;
  prepare(): Promise<void>;
  commit(): Promise<void>;
  /**
   * Stops and removes the release; does nothing after `commit` or `leave`. Answers false when it is not certain that
   * nothing is left. Safe to repeat, and after a failure.
   */
  abort(): Promise<boolean>;
  /** Leaves both processes running: nobody knows which one the route names. */
  leave(): void;
}

export type ReleaseCommand = { action: 'deploy'; number: number } | { action: 'copy'; number: number; from: number };

export interface ReleaseReport {
  event(event: ReleaseEvent): void;
  /** A raw line of the tenant's programs. */
  line(raw: string): void;
}

export async function openRelease(
  engine: Engine,
  siteId: string,
  command: ReleaseCommand,
  report: ReleaseReport,
): Promise<ReleaseSession> {
  const mark = `lk-${randomBytes(12).toString('hex')}`;
  const from = command.action === 'copy' ? [String(command.from)] : [];
  const session = await engine.exec(siteId, {
    command: [SCRIPT, command.action, String(command.number), mark, ...from],
  });
  const started = pending<void>();
  const prepared = pending<void>();
  const committed = pending<void>();
  const died = pending<Death>();
  const ended = pending<number>();
  let failed: { step: ReleaseFailure['step']; code: number } | null = null;
  let isSilent = true;
  let isStarted = false;
  let isUndone = false;
  let isLeft = false;

  const reader = createOutputReader(
    mark,
    (event) => {
      isSilent = false;
      if (event.kind === 'started') {
        isStarted = true;
        started.resolve();
      } else if (event.kind === 'prepared') prepared.resolve();
      else if (event.kind === 'committed') committed.resolve();
      else if (event.kind === 'died') died.resolve({ code: event.code, signal: event.signal });
      else if (event.kind === 'aborted') isUndone = true;
      else if (event.kind === 'failed') failed ??= event;
      report.event(event);
    },
    report.line,
  );
  const pace = createPace(OUTPUT_PACE);
  session.stdout.on('data', (bytes: Buffer) => {
    reader.push(bytes);
    const pauseMs = pace(bytes.length);
    if (pauseMs > 0) setTimeout(() => session.stdout.resume(), pauseMs);
    if (pauseMs > 0) session.stdout.pause();
  });
  const read = finished(session.stdout).catch(() => {}); // A stream that broke has ended as well.
  session.stdout.on('error', () => {}); // The exit tells of it.
  session.stderr?.resume();
  session.stdin.on('error', () => {}); // The script has ended: its exit says why.
  session.exited.then(
    async (code) => {
      await read;
      reader.end();
      // It undoes before it ends by itself. A shell that finds no free process for that ends with 2.
      if (failed && FAILED_EXITS.has(code)) isUndone = true;
      const lostCode = isSilent && code !== KILLED ? NOT_RUN : code;
      const { step, code: failedCode } = failed ?? { step: 'lost' as const, code: lostCode };
      for (const { reject } of [started, prepared, committed]) reject(new ReleaseFailure(step, failedCode));
      ended.resolve(code);
    },
    () => {
      for (const { reject } of [started, prepared, committed]) reject(new ReleaseFailure('lost', -1));
      ended.resolve(-1);
    },
  );

  const say = (word: string, answer: Promise<void>) => {
    session.stdin.write(`${word}\n`);
    return withinMs(answer, WORD_MS_MAX);
  };

  return {
    async start(plan, archive, msMax, environment = null) {
      const input = async () => {
        await writeFrame(session.stdin, Buffer.from(plan), ended.promise);
        if (environment && session.stdin.writable) session.stdin.write(environment);
        if (archive) await writeArchive(session.stdin, archive, ended.promise);
      };
      await withinMs(Promise.all([input(), started.promise]), msMax);
    },
    died: died.promise,
    ended: ended.promise,
    prepare: () => say('prepare', prepared.promise),
    commit() {
      isLeft = true;
      return say('commit', committed.promise);
    },
    async abort() {
      if (isLeft) return true;
      // Before the start the script is busy with a step and reads no words; once it has failed it is undoing by itself.
      if (isStarted && session.stdin.writable) session.stdin.write('abort\n');
      const isHeard = isStarted || failed !== null;
      const code = isHeard ? await withinMs(ended.promise, ABORT_MS_MAX).catch(() => null) : null;
      if (code === null) await session.hangUp();
      return isUndone;
    },
    leave() {
      isLeft = true;
      session.stdin.end();
    },
  };
}

/** In few frames: each costs the script a process. Waits when the container reads slowly; ends when the script has. */
async function writeArchive(stdin: Writable, archive: Readable, ended: Promise<unknown>): Promise<void> {
  let gathered: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of archive as AsyncIterable<Buffer>) {
    gathered.push(chunk);
    bytes += chunk.length;
    if (bytes < FRAME_BYTES_MIN) continue;
    if (!(await writeFrame(stdin, Buffer.concat(gathered), ended))) return;
    [gathered, bytes] = [[], 0];
  }
  if (bytes > 0) await writeFrame(stdin, Buffer.concat(gathered), ended);
  if (stdin.writable) stdin.write('0\n');
}

async function writeFrame(stdin: Writable, bytes: Buffer, ended: Promise<unknown>): Promise<boolean> {
  if (!stdin.writable) return false;
  stdin.write(`${bytes.length}\n`);
  if (stdin.write(bytes)) return true;
  await Promise.race([once(stdin, 'drain'), once(stdin, 'close'), ended]);
  return stdin.writable;
}

async function withinMs<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ReleaseFailure('time', Math.round(ms / 1000))), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A promise that others settle, and that may be rejected without anybody waiting. */
function pending<T>(): PromiseWithResolvers<T> {
  const all = Promise.withResolvers<T>();
  all.promise.catch(() => {});
  return all;
}
