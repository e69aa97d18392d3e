// Runs a git command that only reads, and takes its output within bounds of bytes and time.

import type { AppError } from '../errors/app-error.ts';
import type { GitRun } from './confine.ts';
import type { GitDeps } from './deps.ts';
import { gitFailed, tookTooLong } from './failures.ts';
import { startGit } from './process.ts';

export interface ReadOptions {
  input?: string;
  /** Called for each NUL-ended record instead of collecting the output; what it throws ends the reading. */
  onRecord?: (record: Buffer) => void;
  /** The error of a reading that ran out of time. */
  tooSlow?: () => AppError;
}

const OUTPUT_BYTES_MAX = 8 * 1024 ** 2;

/** The whole output, at most 8 MB; empty when records are taken. Throws `interrupted` when git fails. */
export async function readGit(deps: GitDeps, run: GitRun, options: ReadOptions = {}): Promise<Buffer> {
  const { readMs } = deps.bounds;
  const git = startGit(deps.confinement, run, { idleMs: readMs, totalMs: readMs, hookMs: readMs });
  const taken = createTaker(options.onRecord);
  let fault: unknown = null;
  git.stdout.on('data', (chunk: Buffer) => {
    if (fault !== null) return;
    try {
      taken.add(chunk);
    } catch (cause) {
      fault = cause;
      git.stop();
    }
  });
  git.stdout.resume();
  git.stdin.end(options.input ?? '');
  const end = await git.ended;
  if (fault !== null) throw fault;
  if (end.expired) throw options.tooSlow?.() ?? tookTooLong('total', readMs);
  if (end.code !== 0) throw gitFailed({ ...end, command: run.args[0] });
  return taken.all();
}

/** Keeps what has come: everything, or the record that is not whole yet. */
function createTaker(onRecord: ReadOptions['onRecord']) {
  let chunks: Buffer[] = [];
  let bytes = 0;
  const keep = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > OUTPUT_BYTES_MAX) throw gitFailed({ reason: 'more output than expected' });
    chunks.push(chunk);
  };
  const add = (chunk: Buffer) => {
    if (!onRecord) return keep(chunk);
    let from = 0;
    for (let to = chunk.indexOf(0); to !== -1; to = chunk.indexOf(0, from)) {
      onRecord(Buffer.concat([...chunks, chunk.subarray(from, to)]));
      [chunks, bytes, from] = [[], 0, to + 1];
    }
    if (from < chunk.length) keep(chunk.subarray(from));
  };
  return { add, all: () => Buffer.concat(chunks) };
}
