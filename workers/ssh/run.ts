// Joins a channel to what answers it: a process in the container, or work of our own. Bytes go both ways at the pace of
// the slower, the exit code comes last, and nothing stays behind when the client goes first.

import type { Readable, Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';
import type { ExecSession } from '#lib/engine/engine.ts';
import type { Log } from '#lib/log.ts';
import { channelEnd } from './channel-end.ts';
import { channelOutput } from './channel-output.ts';
import { EXIT_REFUSED, explain } from './explain.ts';
import type { Guard } from './guard.ts';

export interface Run {
  kind: 'session' | 'forward';
  log: Log;
  guard: Guard;
  channel: ServerChannel;
  /** The session's own close, where there is one. */
  closed?: AbortSignal;
  /** A terminal wants its lines ended with a carriage return as well. */
  isTerminal: boolean;
  /** For every log line about it. */
  fields: Record<string, unknown>;
}

export interface Streams {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** Aborts when the client is gone. */
  over: AbortSignal;
}

/**
 * Runs the work and answers the channel with its exit code. Never throws: what goes wrong is told on standard error,
 * with exit code 255. Resolves when the client has closed the channel too.
 */
export async function runOnChannel(run: Run, work: (streams: Streams) => Promise<number>): Promise<void> {
  const { channel, guard } = run;
  channel.on('error', () => {});
  channel.stderr.on('error', () => {});
  channel.on('data', () => guard.touch()).pause();
  guard.watch(channel);
  const over = channelEnd(channel, guard, run.closed);
  const output = channelOutput(channel, guard, over, run.kind);
  let exitCode = EXIT_REFUSED;
  try {
    exitCode = await work({ stdin: channel, stdout: output.stdout, stderr: output.stderr, over });
  } catch (error) {
    const text = explain(error, run.log, run.fields);
    output.stderr.write(run.isTerminal ? text.replaceAll('\n', '\r\n') : text);
  }
  // What the client still sends has no reader any more; its window must not stay full, or its close is never seen.
  channel.unpipe();
  channel.resume();
  await output.finished();
  channel.exit(exitCode);
  channel.end();
  await aborted(over);
}

/** The work of joining a process: stays until it has ended and its output is out. Hangs it up when the client goes. */
export async function runProcess(streams: Streams, open: () => Promise<ExecSession>, onOpen = (_: ExecSession) => {}) {
  const exec = await open();
  let isDone = false;
  try {
    if (!streams.over.aborted) onOpen(exec);
    connect(streams, exec);
    const exitCode = await Promise.race([exitOf(exec), aborted(streams.over).then(() => null)]);
    isDone = exitCode !== null;
    return exitCode ?? EXIT_REFUSED;
  } finally {
    if (!isDone) await exec.hangUp();
  }
}

function connect({ stdin, stdout, stderr }: Streams, exec: ExecSession): void {
  // A process that reads no more must not keep us from seeing the end of the channel.
  const drop = () => {
    stdin.unpipe(exec.stdin);
    stdin.resume();
  };
  exec.stdin.on('error', drop).on('close', drop);
  // A terminal's input has no end: its user types one. (Docker takes the end for a detach, and drops the output.)
  const isTerminal = exec.stderr === null;
  stdin.pipe(exec.stdin, { end: !isTerminal });
  exec.stdout.on('error', () => {}).pipe(stdout, { end: false });
  exec.stderr?.on('error', () => {}).pipe(stderr, { end: false });
}

/** The exit code, after the last byte of output has left the process's streams. */
async function exitOf(exec: ExecSession): Promise<number> {
  const ends = [exec.stdout, exec.stderr].filter((stream) => stream !== null).map(ended);
  const exitCode = await exec.exited;
  await Promise.all(ends);
  return exitCode;
}

function ended(stream: Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('end', resolve).once('close', resolve);
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
