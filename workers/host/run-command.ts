// Runs one program to its end: an argument array, a timeout, bounded output. What fails is an object, not a text.

import { spawn } from 'node:child_process';

const OUTPUT_BYTES_MAX = 1 << 20;

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export class CommandError extends Error {
  readonly command: string[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly output: string;

  constructor(fields: {
    command: string[];
    exitCode: number | null;
    signal: string | null;
    timedOut: boolean;
    output: string;
  }) {
    const how = fields.timedOut ? 'timed out' : `ended with ${fields.signal ?? fields.exitCode}`;
    super(`${fields.command.join(' ')} ${how}: ${fields.output.trim().split('\n').slice(-5).join(' | ')}`);
    this.name = 'CommandError';
    this.command = fields.command;
    this.exitCode = fields.exitCode;
    this.signal = fields.signal;
    this.timedOut = fields.timedOut;
    this.output = fields.output;
  }
}

export interface CommandOptions {
  timeoutMs?: number;
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
  cwd?: string;
  input?: string;
  /** Exit codes besides 0 that are an answer and not a failure. */
  allow?: number[];
  /** Called with each line of output as it comes. */
  onLine?: (line: string) => void;
}

export const HOST_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs a program. Throws CommandError when it fails, is killed or takes too long (60 s unless told). */
export async function runCommand(file: string, args: string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { timeoutMs = 60_000, env = {}, input, allow = [], onLine, uid, gid, cwd } = options;
  const child = spawn(file, args, {
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(cwd === undefined ? {} : { cwd }),
    env: {
      PATH: HOST_PATH,
      LC_ALL: 'C.UTF-8',
      DEBIAN_FRONTEND: 'noninteractive',
      HOME: '/root',
      ...env,
    } as unknown as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    let partial = '';
    child[name].setEncoding('utf8').on('data', (text: string) => {
      if (output[name].length < OUTPUT_BYTES_MAX) output[name] += text;
      if (!onLine) return;
      const lines = (partial + text).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
  }
  child.stdin.on('error', () => {}); // A program that does not read its input is no failure.
  child.stdin.end(input ?? '');
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, by) => resolve([code, by]));
  }).finally(() => clearTimeout(timer));
  if (exitCode === null || timedOut || (exitCode !== 0 && !allow.includes(exitCode))) {
    throw new CommandError({
      command: [file, ...args],
      exitCode,
      signal,
      timedOut,
      output: output.stderr || output.stdout,
    });
  }
  return { exitCode, ...output };
}

/** For `.catch`: the answer where the program is not installed, which has then made nothing. */
export function ifMissing<T>(answer: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return answer;
    throw error;
  };
}
