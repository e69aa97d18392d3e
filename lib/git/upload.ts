// Clones and fetches: native upload-pack, confined, with a bounded number at a time.

import { type GitRequest, type GitStreams, parseProtocol } from './conversation.ts';
import type { GitDeps } from './deps.ts';
import { gitFailed, hostBusy, tookTooLong, tooSlow } from './failures.ts';
import { type GitProcess, startGit } from './process.ts';
import { pump } from './streams.ts';

/** Serves one fetch. Throws what the client must be told. */
export async function uploadPack(deps: GitDeps, request: GitRequest, streams: GitStreams): Promise<number> {
  let git: GitProcess | undefined;
  const release = await deps.fetches.take(request.site.owner, {
    isSlow: (heldMs) => git?.isSlow(heldMs) ?? false,
    giveWay: () => git?.giveWay(),
  });
  if (!release) throw hostBusy();
  try {
    git = start(deps, request);
    return await upload(deps, git, request, streams);
  } finally {
    release();
  }
}

function start({ bounds, confinement }: GitDeps, { mode, protocol: asked, site }: GitRequest): GitProcess {
  const protocol = parseProtocol(asked);
  return startGit(
    confinement,
    {
      args: [...uploadArguments(mode), site.repository],
      repository: site.repository,
      env: protocol ? { GIT_PROTOCOL: protocol } : {},
    },
    { idleMs: bounds.idleMs, totalMs: bounds.fetchMs, hookMs: bounds.fetchMs },
  );
}

async function upload(deps: GitDeps, git: GitProcess, request: GitRequest, streams: GitStreams): Promise<number> {
  const { bounds } = deps;
  const flow = pump(git, streams);
  const end = await git.ended;
  await flow.drained();
  if (end.code === 0 || streams.signal?.aborted) return end.code;
  deps.log.warn({ siteId: request.site.id, ...end }, 'a fetch did not end well');
  // In the middle of a pack there is no place for words.
  if (flow.bytesOut() > 0) return end.code;
  if (end.expired === 'slow') throw tooSlow();
  throw end.expired
    ? tookTooLong(end.expired, end.expired === 'idle' ? bounds.idleMs : bounds.fetchMs)
    : gitFailed({ ...end });
}

function uploadArguments(mode: GitRequest['mode']): string[] {
  const command = ['upload-pack', '--strict'];
  if (mode === 'advertise') return [...command, '--stateless-rpc', '--http-backend-info-refs'];
  return mode === 'rpc' ? [...command, '--stateless-rpc'] : command;
}
