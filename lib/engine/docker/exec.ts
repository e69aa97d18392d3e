// A process in a site's container, its three streams, its exit code and its end.

import { PassThrough, type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { AppError } from '../../errors/app-error.ts';
import type { ExecRequest, ExecSession } from '../engine.ts';
import { statusOf } from './client.ts';
import { type ContainerDeps, inspectContainer, siteNotRunning } from './containers.ts';
import { createDemux } from './demux.ts';
import { failedStart } from './failed-start.ts';
import { containerName } from './labels.ts';
import { hangUpSession } from './session-processes.ts';
import { clampSide, withTerminalSize } from './terminal-size.ts';

const START_TIMEOUT_MS = 30_000;
/** Most starts take 30 to 50 ms. */
const START_POLL_MIN_MS = 10;
const START_POLL_MAX_MS = 100;
const POLL_MIN_MS = 5;
const POLL_MAX_MS = 1_000;
/** What a shell says of a process that was killed. */
const KILLED = 137;

interface ExecStatus {
  running: boolean;
  exitCode: number | null;
  /** On the host; 0 before the start and for a command that did not start. */
  pid: number;
  containerId: string;
}

/** See `Engine.exec`. */
export async function openExec(deps: ContainerDeps, siteId: string, asked: ExecRequest): Promise<ExecSession> {
  const { client } = deps;
  const request = asked.terminal ? { ...asked, command: withTerminalSize(asked.command, asked.terminal) } : asked;
  const tty = Boolean(request.terminal);
  const exec = await createExec(deps, siteId, request);
  const starting = (abortSignal: AbortSignal) =>
    exec.start({ hijack: true, stdin: true, Tty: tty, Detach: false, abortSignal });
  const stream = await client.call('exec start', starting).catch((error) => refuseUnlessRunning(deps, siteId, error));
  const stdout = new PassThrough();
  const stderr = tty ? null : new PassThrough();
  const output = createDemux(stdout, stderr);
  stream.on('error', (error) => output.destroy(error));
  output.on('error', () => stream.destroy());
  stream.pipe(output);
  const read = finished(output).catch(() => {}); // A stream that broke has ended as well; the exit code tells.
  const heard = Promise.race([read, new Promise((resolve) => stream.once('data', resolve))]);

  const started = await waitForStart(deps, exec, heard).catch((error: unknown) => {
    stream.destroy();
    throw error;
  });
  const { pid, containerId } = started;
  if (pid === 0) {
    await Promise.race([read, sleep(POLL_MAX_MS)]);
    const words = String(stdout.read() ?? '') + String(stderr?.read() ?? '');
    stream.destroy();
    return failedStart(deps, siteId, request, words);
  }

  const resize = async (columns: number, rows: number) => {
    const resizing = (abortSignal: AbortSignal) =>
      exec.resize({ w: clampSide(columns), h: clampSide(rows), abortSignal });
    await client.call('exec resize', resizing).catch(ignoreEnded);
  };
  if (request.terminal) await resize(request.terminal.columns, request.terminal.rows);

  let hangingUp: Promise<void> | null = null;
  const hangUp = async () => {
    await hangUpSession(pid, containerId);
    await Promise.race([read, sleep(POLL_MAX_MS)]);
    stream.destroy();
    output.destroy();
  };
  const exited = read.then(() => exitCodeOf(started) ?? waitForExit(deps, siteId, exec));
  exited.catch(() => {}); // Whoever wants the exit code hears of it; nobody else must.
  return {
    stdin: stream as Writable,
    stdout,
    stderr,
    resize,
    exited,
    hangUp() {
      hangingUp ??= hangUp();
      return hangingUp;
    },
  };
}

async function createExec(deps: ContainerDeps, siteId: string, request: ExecRequest): Promise<Docker.Exec> {
  const container = deps.client.docker.getContainer(containerName(deps.instance, siteId));
  return deps.client
    .call('exec create', (abortSignal) =>
      container.exec({
        Cmd: request.command,
        Env: Object.entries(request.env ?? {}).map(([name, value]) => `${name}=${value}`),
        ...(request.workingDir ? { WorkingDir: request.workingDir } : {}),
        User: '0:0',
        Tty: Boolean(request.terminal),
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        abortSignal,
      }),
    )
    .catch((error) => refuseUnlessRunning(deps, siteId, error));
}

/** 404 and 409 say that it does not run; 500 says so too when it ended between create and start. */
async function refuseUnlessRunning(deps: ContainerDeps, siteId: string, error: unknown): Promise<never> {
  const status = statusOf(error);
  if (status !== 404 && status !== 409 && status !== 500) throw error;
  const state = await inspectContainer(deps, siteId);
  if (status === 500 && state?.status === 'running') throw error;
  throw siteNotRunning(state?.status ?? 'absent');
}

/**
 * The engine answers before the process is there: waits until it is, or until it is known that it never will be. The
 * first output, or its end, tells to look at once.
 */
async function waitForStart(deps: ContainerDeps, exec: Docker.Exec, heard: Promise<unknown>): Promise<ExecStatus> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let hint = heard.then(() => true);
  for (let pauseMs = START_POLL_MIN_MS; Date.now() < deadline; pauseMs = Math.min(pauseMs * 1.25, START_POLL_MAX_MS)) {
    if (await Promise.race([hint, sleep(pauseMs, false)])) {
      hint = new Promise(() => {});
      pauseMs = 1;
    }
    const status = await inspectExec(deps, exec);
    if (!status) throw siteNotRunning('absent');
    if (status.pid > 0 || status.exitCode !== null) return status;
  }
  throw new AppError('engine-away', {
    message: `The container engine did not start the command within ${START_TIMEOUT_MS / 1000} s.`,
    hint: 'Try again in a minute; if it stays so, restart the site.',
  });
}

/** Null while it runs. */
function exitCodeOf({ running, exitCode }: ExecStatus): number | null {
  return running ? null : exitCode;
}

/** A process may close its output and go on, so this has no deadline but the life of the container. */
async function waitForExit(deps: ContainerDeps, siteId: string, exec: Docker.Exec): Promise<number> {
  for (let pauseMs = POLL_MIN_MS; ; pauseMs = Math.min(pauseMs * 2, POLL_MAX_MS)) {
    const status = await inspectExec(deps, exec);
    if (!status) return KILLED;
    const exitCode = exitCodeOf(status);
    if (exitCode !== null) return exitCode;
    if (pauseMs === POLL_MAX_MS) {
      const container = await inspectContainer(deps, siteId);
      if (container?.status !== 'running' && container?.status !== 'paused') return KILLED;
    }
    await sleep(pauseMs);
  }
}

/** Null when the engine has forgotten it, because the container is gone. */
async function inspectExec({ client }: ContainerDeps, exec: Docker.Exec): Promise<ExecStatus | null> {
  try {
    const answer = await client.call('exec inspect', (abortSignal) => exec.inspect({ abortSignal }));
    return { running: answer.Running, exitCode: answer.ExitCode, pid: answer.Pid, containerId: answer.ContainerID };
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 409) return null;
    throw error;
  }
}

/** A terminal that has ended has no size. */
function ignoreEnded(error: unknown): void {
  if (statusOf(error) === null) throw error;
}
