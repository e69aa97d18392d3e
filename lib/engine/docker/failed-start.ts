// A command that the engine could not start: why, in words that the user of a shell knows.

import { PassThrough } from 'node:stream';
import { AppError } from '../../errors/app-error.ts';
import type { ExecRequest, ExecSession } from '../engine.ts';
import { type ContainerDeps, inspectContainer, siteNotRunning } from './containers.ts';
import { containerName } from './labels.ts';

/** The runtime needs a few threads of its own before the command is there. */
const RUNTIME_PROCESSES = 10;

/**
 * The command never ran. Throws when the site has no free process slots or stopped; otherwise answers what a shell would:
 * a sentence on standard error, and 126 or 127.
 */
export async function failedStart(
  deps: ContainerDeps,
  siteId: string,
  request: ExecRequest,
  words: string,
): Promise<ExecSession> {
  deps.log.warn({ siteId, words: words.slice(0, 1000) }, 'a command did not start');
  const container = await inspectContainer(deps, siteId);
  if (container?.status !== 'running') throw siteNotRunning(container?.status ?? 'absent');
  const { exitCode, sentence } = explainFailedStart(words, request);
  if (exitCode !== 127) {
    const { current, limit } = await readPids(deps, siteId);
    if (limit > 0 && current + RUNTIME_PROCESSES > limit) throw noFreeProcesses(limit);
  }
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), request.terminal ? null : new PassThrough()];
  stdin.resume();
  (stderr ?? stdout).write(`${sentence}${request.terminal ? '\r' : ''}\n`);
  stdout.end();
  stderr?.end();
  return { stdin, stdout, stderr, resize: async () => {}, exited: Promise.resolve(exitCode), hangUp: async () => {} };
}

/** What a shell would say, from the engine's words. */
export function explainFailedStart(words: string, request: ExecRequest): { exitCode: number; sentence: string } {
  if (/chdir to cwd/.test(words)) return { exitCode: 126, sentence: `${request.workingDir}: no such directory` };
  const command = request.command[0] ?? '';
  if (/executable file not found|no such file or directory/.test(words)) {
    return { exitCode: 127, sentence: `${command}: command not found` };
  }
  return { exitCode: 126, sentence: `${command}: cannot be run` };
}

function noFreeProcesses(limit: number): AppError {
  return new AppError('site-not-ready', {
    message: `Your site has no free process slots (limit ${limit}).`,
    hint: 'Restart the site on its page: that ends all of its processes. Then look for what started so many.',
    details: { reason: 'too many processes', limit },
  });
}

async function readPids(deps: ContainerDeps, siteId: string): Promise<{ current: number; limit: number }> {
  const container = deps.client.docker.getContainer(containerName(deps.instance, siteId));
  const { pids_stats: pids } = await deps.client.call('stats', () =>
    container.stats({ stream: false, 'one-shot': true }),
  );
  return { current: pids?.current ?? 0, limit: pids?.limit ?? 0 };
}
