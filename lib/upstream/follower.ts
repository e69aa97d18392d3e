// Follows upstreams as they are wanted, a few at a time and beside the queue of jobs: a fetch and a build may take
// minutes, in which launches must not wait. The rows say what is to do; a call to look is a hint.

import { type FollowDeps, followUpstream } from './follow.ts';

export interface Follower {
  look(): Promise<void>;
  /** Gives up what is under way; it is wanted still. */
  stop(): Promise<void>;
}

const AT_A_TIME = 2;

export function createFollower(deps: FollowDeps): Follower {
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  const start = (siteId: string) => {
    const following = followUpstream(deps, siteId, stopping.signal)
      .catch((cause) => deps.log.error({ siteId, cause: String(cause) }, 'following an upstream failed'))
      .finally(() => {
        running.delete(siteId);
        void look().catch(() => {}); // The loop over everything looks again.
      });
    running.set(siteId, following);
  };

  const look = async () => {
    if (stopping.signal.aborted || running.size >= AT_A_TIME) return;
    const wanted = await deps.db.upstream.findMany({
      where: { wantedAt: { not: null }, site: { state: 'live' }, siteId: { notIn: [...running.keys()] } },
      orderBy: { wantedAt: 'asc' },
      take: AT_A_TIME,
      select: { siteId: true },
    });
    for (const { siteId } of wanted) if (running.size < AT_A_TIME && !running.has(siteId)) start(siteId);
  };

  return {
    look,
    async stop() {
      stopping.abort(new Error('the worker stops'));
      await Promise.all(running.values());
    },
  };
}
