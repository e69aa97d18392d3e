// A program of ours or of a package, with the node that runs this one, its output among ours.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { PROJECT_DIR } from '#workers/host/runtime.ts';

/** Answers the exit code; 1 where a signal ended it. */
export function runNode(args: string[], env: Record<string, string>): Promise<number> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: PROJECT_DIR,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** The same for a program of `node_modules`. */
export function runModule(module: string, args: string[], env: Record<string, string>): Promise<number> {
  return runNode([path.join('node_modules', module), ...args], env);
}
