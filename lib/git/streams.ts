// Joins a client's streams to a git process: with backpressure, without ending the client's side, and stopping git when
// the client has gone.

import type { Transform } from 'node:stream';
import type { GitStreams } from './conversation.ts';
import type { GitProcess } from './process.ts';

export interface Flow {
  bytesOut(): number;
  /** Resolves once everything git said has been handed to the client, or the client has gone. */
  drained(): Promise<void>;
}

/** Both directions, for a conversation that needs no look inside. */
export function pump(git: GitProcess, streams: GitStreams): Flow {
  pumpIn(git, streams);
  return pumpOut(git, streams);
}

export function pumpIn(git: GitProcess, { stdin }: Pick<GitStreams, 'stdin'>): void {
  stdin.on('data', git.touch);
  stdin.once('error', () => git.stdin.end());
  stdin.once('close', () => git.stdin.end());
  stdin.pipe(git.stdin);
  // Git may end first; then what the client still sends is read and dropped, so that it comes to read the answer.
  git.stdin.once('close', () => {
    stdin.unpipe(git.stdin);
    stdin.resume();
  });
}

export function pumpOut(git: GitProcess, { stdout, stderr, signal }: GitStreams, through?: Transform): Flow {
  let bytes = 0;
  const source = through ? git.stdout.pipe(through) : git.stdout;
  source.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  source.pipe(stdout, { end: false });
  git.stderr.pipe(stderr, { end: false });
  const drained = Promise.withResolvers<void>();
  source.once('end', drained.resolve);

  const drop = () => {
    source.unpipe(stdout);
    git.stderr.unpipe(stderr);
    source.resume();
    git.stderr.resume();
  };
  // Once the hook has been asked, the push goes on to its end: what is deployed and what is in the repository agree.
  const onGone = () => (git.reachedHook() ? drop() : git.stop());
  git.onStop(drop);
  stdout.once('close', onGone);
  signal?.addEventListener('abort', onGone, { once: true });
  if (signal?.aborted) onGone();
  const forget = () => {
    stdout.off('close', onGone);
    signal?.removeEventListener('abort', onGone);
  };
  git.ended.then(forget, forget);
  return { bytesOut: () => bytes, drained: () => drained.promise };
}
