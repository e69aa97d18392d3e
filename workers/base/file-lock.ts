// Mutual exclusion between processes of one machine that share no database: flock(1) on a file. The kernel lets go of it
// when the holder ends, however it ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#lib/errors/app-error.ts';
import { HOST_PATH, runCommand } from '../host/run-command.ts';

const WAIT_NOTICE_MS = 2_000;

interface LockRequest {
  file: string;
  timeoutMs: number;
  /** Called once when somebody else has the lock. */
  onWait: () => void;
}

/** Runs the work alone. Throws `setup-failed` when the lock stayed taken for `timeoutMs`. */
export async function withFileLock<T>({ file, timeoutMs, onWait }: LockRequest, work: () => Promise<T>): Promise<T> {
  // cat holds the lock and answers our byte as soon as it has it; it ends when our end of the pipe closes, so also when
  // this process is killed.
  const env = { PATH: HOST_PATH } as unknown as NodeJS.ProcessEnv; // Next's types demand a NODE_ENV of every one.
  const holder = spawn('flock', ['--no-fork', '--timeout', String(Math.ceil(timeoutMs / 1_000)), file, 'cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env,
  });
  holder.stdin.on('error', () => {}); // A holder that ended before the byte was read is seen by its exit.
  holder.stdin.write('\n');
  const failed = Promise.race([once(holder, 'exit'), once(holder, 'error')]).then(() => 'failed' as const);
  const taken = once(holder.stdout, 'data').then(() => 'taken' as const);
  const notice = new AbortController();
  sleep(WAIT_NOTICE_MS, undefined, { signal: notice.signal }).then(onWait, () => {}); // Aborted: nothing to tell.
  try {
    if ((await Promise.race([taken, failed])) === 'failed') {
      throw new AppError('setup-failed', {
        message: `The lock ${file} stayed taken for ${Math.round(timeoutMs / 60_000)} minutes.`,
        hint: 'Look for another set-up that hangs on this machine, end it, then run the same command again.',
      });
    }
    notice.abort();
    return await work();
  } finally {
    notice.abort();
    holder.stdin.end();
  }
}

/** Whether some process holds the lock of this file. One that is absent is not locked. */
export async function isLocked(file: string): Promise<boolean> {
  const { exitCode } = await runCommand('flock', ['--nonblock', '--conflict-exit-code', '75', file, 'true'], {
    allow: [75],
  });
  return exitCode === 75;
}
