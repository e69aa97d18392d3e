// Runs one of the disk's programs (btrfs, mount, mkfs …) to its end. All of them run as root with arguments made of
// checked ids and configured directories only.

import { execFile } from 'node:child_process';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const OUTPUT_BYTES_MAX = 16 << 20;

export interface RunOptions {
  timeoutMs?: number;
  /** Exit codes besides 0 that are an answer and not a failure. */
  allow?: number[];
}

export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export class DiskCommandError extends Error {
  readonly command: string[];
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(command: string[], exitCode: number | null, stderr: string, cause: unknown) {
    super(`${command.join(' ')} ended with ${exitCode ?? 'a signal'}: ${stderr.trim().slice(-500)}`, { cause });
    this.name = 'DiskCommandError';
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** Throws DiskCommandError when the program fails, is missing or takes too long (30 s unless told). */
export function run(file: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  const { timeoutMs = 30_000, allow = [] } = options;
  // Next's types demand a NODE_ENV of every environment.
  const env = { PATH, LC_ALL: 'C.UTF-8' } as unknown as NodeJS.ProcessEnv;
  return new Promise((resolve, reject) => {
    execFile(file, args, { env, timeout: timeoutMs, maxBuffer: OUTPUT_BYTES_MAX }, (error, stdout, stderr) => {
      const exitCode = error ? (typeof error.code === 'number' ? error.code : null) : 0;
      if (exitCode !== null && (exitCode === 0 || allow.includes(exitCode))) resolve({ exitCode, stdout, stderr });
      else reject(new DiskCommandError([file, ...args], exitCode, stderr, error));
    });
  });
}
