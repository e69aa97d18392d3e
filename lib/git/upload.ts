// Clones and fetches: native upload-pack, confined, with a bounded number at a time.

import { type GitRequest, type GitStreams, parseProtocol } from './conversation.ts';
import type { GitDeps } from './deps.ts';
import { gitFailed, hostBusy, tookTooLong } from './failures.ts';
import { startGit } from './process.ts';
import { pump } from './streams.ts';

/** Serves one fetch. Throws what the client must be told. */
export async function uploadPack(deps: GitDeps, request: GitRequest, streams: GitStreams): Promise<number> {
  const release = await deps.fetches.take(request.site.owner);
  if (!release) throw hostBusy();
  try {
    return await upload(deps, request, streams);
  } finally {
    release();
  }
}

async function upload(deps: GitDeps, request: GitRequest, streams: GitStreams): Promise<number> {
  const { bounds } = deps;
  const protocol = parseProtocol(request.protocol);
  const git = startGit(
    deps.confinement,
    {
      args: [...uploadArguments(request.mode), request.site.repository],
      repository: request.site.repository,
      env: protocol ? { GIT_PROTOCOL: protocol } : {},
    },
    { idleMs: bounds.idleMs, totalMs: bounds.fetchMs, hookMs: bounds.fetchMs },
  );
  const flow = pump(git, streams);
  const end = await git.ended;
  await flow.drained();
  if (end.code === 0 || streams.signal?.aborted) return end.code;
  deps.log.warn({ siteId: request.site.id, ...end }, 'a fetch did not end well');
  // In the middle of a pack there is no place for words.
  if (flow.bytesOut() > 0) return end.code;
  throw end.expired
    ? tookTooLong(end.expired, end.expired === 'idle' ? bounds.idleMs : bounds.fetchMs)
    : gitFailed({ ...end });
}

function uploadArguments(mode: GitRequest['mode']): string[] {
  const command = ['upload-pack', '--strict'];
  if (mode === 'advertise') return [...command, '--stateless-rpc', '--http-backend-info-refs'];
  return mode === 'rpc' ? [...command, '--stateless-rpc'] : command;
}
