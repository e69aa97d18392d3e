// The way out of a channel: two writables whose pace is the client's. One write is on its way at a time, because ssh2
// remembers only one remainder when the client's window is full, for output and error together.

import { Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';
import type { Guard } from './guard.ts';
import { forgetSentRemainder } from './ssh2-internals.ts';

export interface ChannelOutput {
  stdout: Writable;
  stderr: Writable;
  /** Ends both and resolves when everything was handed to the connection, or the channel is over. */
  finished(): Promise<void>;
}

const BUFFER_BYTES = 64 * 1024;

/** A forwarded connection has no standard error: what goes there is dropped. */
export function channelOutput(
  channel: ServerChannel,
  guard: Guard,
  over: AbortSignal,
  kind: 'session' | 'forward',
): ChannelOutput {
  let turn: Promise<void> = Promise.resolve();
  let abandon: () => void = () => {};

  const send = async (target: Writable, chunk: Buffer) => {
    await guard.room();
    if (over.aborted) return;
    await new Promise<void>((resolve) => {
      // ssh2 never calls back when the channel closes first.
      abandon = resolve;
      target.write(chunk, () => resolve());
    });
    forgetSentRemainder(channel);
  };
  const sink = (target: Writable | null) =>
    new Writable({
      highWaterMark: BUFFER_BYTES,
      write(chunk: Buffer, _encoding, done) {
        if (!target) return done();
        turn = turn.then(() => send(target, chunk));
        turn.then(() => done(), done);
      },
    });
  const [stdout, stderr] = [sink(channel), sink(kind === 'session' ? channel.stderr : null)];
  for (const writable of [stdout, stderr]) writable.on('error', () => {});

  over.addEventListener('abort', () => {
    abandon();
    stdout.destroy();
    stderr.destroy();
  });
  return { stdout, stderr, finished: async () => void (await Promise.all([finish(stdout), finish(stderr)])) };
}

function finish(writable: Writable): Promise<void> {
  if (writable.writableFinished || writable.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    writable.once('finish', resolve).once('close', resolve);
    writable.end();
  });
}
