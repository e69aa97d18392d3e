// Runs one long step of the build with the operator's own environment, unlike every other program we start: proxies,
// npm's registry and npm's place on the PATH are settings of the operator's that only the environment has.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CommandError } from '../host/run-command.ts';

const LINES_KEPT = 20;

/** Throws CommandError when the program fails, is missing or takes too long. */
export async function runBuildStep(
  file: string,
  args: string[],
  { timeoutMs, onLine }: { timeoutMs: number; onLine: (line: string) => void },
): Promise<void> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
  const last: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      last.push(line);
      if (last.length > LINES_KEPT) last.shift();
      if (line.trim() !== '') onLine(line);
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGTERM');
  }, timeoutMs);
  const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('error', (error) => {
      last.push(error.message);
      resolve([null, null]);
    });
    child.on('close', (code, by) => resolve([code, by]));
  }).finally(() => clearTimeout(timer));
  if (exitCode === 0) return;
  throw new CommandError({ command: [file, ...args.slice(0, 3)], exitCode, signal, timedOut, output: last.join('\n') });
}
