// Reads the logs of a site's releases, by one exec of workers/container/read-logs.py in its container: bounded in bytes
// and time, gone with its reader, never a reason to wake a site or to keep it awake.

import { setTimeout as sleep } from 'node:timers/promises';
import { createPace } from '../deploy/pace.ts';
import type { ContainerState, Engine, ExecSession } from '../engine/engine.ts';
import { AppError } from '../errors/app-error.ts';
import { type LogLine, type Printed, parsePrinted } from './line.ts';

export type LogState = 'running' | 'asleep' | 'stopped';

export interface LogReport {
  /** Whether the site can be read at this moment. */
  state(state: LogState): void;
  lines(lines: LogLine[]): void;
  /** Lines that were written faster than they may be read. */
  leftOut(count: number): void;
}

type LogEngine = Pick<Engine, 'exec' | 'inspect'>;

const SCRIPT = '/.lightkeeper/read-logs.py';
const READ_MS_MAX = 10_000;
/** Of one reading of the past: a ring is a megabyte, and a few releases have one. */
const PAST_BYTES_MAX = 8 * 1024 ** 2;
const PENDING_BYTES_MAX = 64 * 1024;
/** The script keeps to less; this is for one that is not ours any more. */
const PACE = { bytesPerSecond: 1024 ** 2, burstBytes: PAST_BYTES_MAX };
const BATCH_MS = 100;
const LOOK_MS = 2_000;

/** The newest lines of all releases, oldest first. Throws `site-not-ready` while it cannot be read. */
export async function readLogs(engine: LogEngine, siteId: string, count: number): Promise<LogLine[]> {
  const session = await engine.exec(siteId, commandOf(count));
  session.stdin.on('error', () => {}); // It ends by itself.
  const lines: LogLine[] = [];
  let bytes = 0;
  const timer = setTimeout(() => void session.hangUp().catch(() => {}), READ_MS_MAX);
  listenTo(
    session,
    (printed) => printed.kind === 'line' && lines.push(printed.line),
    (size) => {
      bytes += size;
      if (bytes > PAST_BYTES_MAX) void session.hangUp().catch(() => {});
    },
  );
  const code = await session.exited.finally(() => clearTimeout(timer));
  if (code !== 0 && lines.length === 0) throw unreadable(code);
  return lines;
}

/**
 * The newest lines, then all that come, until the signal aborts. Goes on across restarts and sleep. Throws what the engine
 * throws besides "not running".
 */
export async function followLogs(
  engine: LogEngine,
  siteId: string,
  count: number,
  report: LogReport,
  signal: AbortSignal,
): Promise<void> {
  /** Of each release the time of the newest line: when reading begins anew, what was told is not told again. */
  const seen = new Map<number, string>();
  let told: LogState | null = null;
  const tell = (state: LogState) => {
    if (told !== state) report.state(state);
    told = state;
  };
  while (!signal.aborted) {
    const state = stateOf(await engine.inspect(siteId));
    tell(state);
    if (state === 'running') await followOnce(engine, siteId, count, report, signal, seen, tell).catch(unlessNotReady);
    await sleep(LOOK_MS / 2, undefined, { signal }).catch(() => {}); // Its reader has gone.
  }
}

async function followOnce(
  engine: LogEngine,
  siteId: string,
  count: number,
  report: LogReport,
  signal: AbortSignal,
  seen: Map<number, string>,
  tell: (state: LogState) => void,
): Promise<void> {
  const session = await engine.exec(siteId, commandOf(count, 'follow'));
  session.stdin.on('error', () => {}); // The exit tells.
  const batch = createBatch(report);
  let isPast = true;
  listenTo(session, (printed) => {
    if (printed.kind === 'now') isPast = false;
    if (printed.kind === 'left-out') batch.leaveOut(printed.count);
    if (printed.kind !== 'line') return;
    const { line } = printed;
    if (isPast && line.at <= (seen.get(line.release) ?? '')) return;
    seen.set(line.release, line.at);
    batch.add(line);
  });
  // A frozen container's processes stand still, so only the engine can tell.
  const looking = setInterval(() => {
    engine.inspect(siteId).then(
      (container) => tell(stateOf(container)),
      () => {}, // The next look tells.
    );
  }, LOOK_MS);
  const gone = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  try {
    await Promise.race([session.exited, gone]);
  } finally {
    clearInterval(looking);
    session.stdin.end();
    await session.hangUp().catch(() => {}); // The container has ended.
    batch.flush();
  }
}

function commandOf(count: number, ...words: string[]) {
  return { command: ['/usr/bin/python3', '-IS', SCRIPT, String(count), ...words] };
}

export function stateOf(container: Pick<ContainerState, 'status'> | null): LogState {
  if (container?.status === 'running') return 'running';
  return container?.status === 'paused' ? 'asleep' : 'stopped';
}

function listenTo(session: ExecSession, onPrinted: (printed: Printed) => void, onBytes = (_: number) => {}): void {
  const decoder = new TextDecoder('utf-8');
  const pace = createPace(PACE);
  let pending = '';
  session.stdout.on('data', (bytes: Buffer) => {
    onBytes(bytes.length);
    pending += decoder.decode(bytes, { stream: true });
    const lines = pending.split('\n');
    pending = (lines.pop() ?? '').slice(-PENDING_BYTES_MAX);
    for (const line of lines) {
      const printed = parsePrinted(line);
      if (printed) onPrinted(printed);
    }
    const pauseMs = pace(bytes.length);
    if (pauseMs > 0) setTimeout(() => session.stdout.resume(), pauseMs);
    if (pauseMs > 0) session.stdout.pause();
  });
  session.stdout.on('error', () => {}); // The exit tells of it.
  session.stderr?.on('error', () => {}).resume();
}

/** Lines of a tenth of a second together: a page draws them at once. */
function createBatch(report: LogReport) {
  let lines: LogLine[] = [];
  let left = 0;
  let timer: NodeJS.Timeout | null = null;
  const flush = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    const [ready, count] = [lines, left];
    [lines, left] = [[], 0];
    if (count > 0) report.leftOut(count);
    if (ready.length > 0) report.lines(ready);
  };
  const later = () => {
    timer ??= setTimeout(flush, BATCH_MS);
  };
  return {
    add(line: LogLine) {
      lines.push(line);
      later();
    },
    leaveOut(count: number) {
      left += count;
      later();
    },
    flush,
  };
}

function unlessNotReady(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'site-not-ready') throw error;
}

function unreadable(code: number): AppError {
  return new AppError('interrupted', {
    message: `The log could not be read: the reader in the container ended with code ${code}.`,
    hint: 'Look into /run/log over SSH; python3 reads it, and must be there.',
  });
}
