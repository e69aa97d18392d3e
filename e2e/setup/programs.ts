// The real clients that people use, run as they would run them: git, ssh, scp, sftp, rsync, curl. Each in a home of its
// own, so that nothing of the machine's configuration plays in.

import { spawn } from 'node:child_process';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  input?: string | Buffer;
  timeoutMs?: number;
}

/** Runs a program to its end, whatever its exit code; killed after two minutes unless told. */
export function run(file: string, args: string[], options: RunOptions = {}): Promise<Ran> {
  const child = spawn(file, args, {
    ...(options.cwd ? { cwd: options.cwd } : {}),
    env: {
      ...process.env,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      ...options.env,
    },
    timeout: options.timeoutMs ?? 120_000,
    killSignal: 'SIGKILL',
  });
  const output: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  child.stdout.on('data', (data: Buffer) => output.stdout.push(data));
  child.stderr.on('data', (data: Buffer) => output.stderr.push(data));
  child.stdin.on('error', () => {}); // A program that ends before it has read its input is not at fault.
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        code: code ?? 255,
        stdout: Buffer.concat(output.stdout).toString(),
        stderr: Buffer.concat(output.stderr).toString(),
      }),
    );
  });
}

/** Runs a program that has to succeed. */
export async function must(file: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(file, args, options);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`);
  return stdout;
}
