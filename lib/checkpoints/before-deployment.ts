// The checkpoint that a push leaves behind: made while the deployment reads the commit, so that nobody waits for it, and
// left out where it would cost anything. It never keeps a deployment from happening.

import { withLease } from '../jobs/lease.ts';
import { diskShareOf } from './disk-share.ts';
import { type MakeDeps, makeCheckpoint } from './make.ts';
import { isNearFull } from './plan.ts';

export interface BeforeDeps extends MakeDeps {
  /** `ext4` copies the whole disk, which no push should wait for. */
  disk: MakeDeps['disk'] & { kind: 'btrfs' | 'ext4' };
  runner: string;
}

/** Whoever has the site's lease is about to be done, or does something that takes long. */
const TURN_MS = 300;

/** The caller holds the lease `site:<id>`. Never throws. Answers whether one was made. */
export async function checkpointBefore(deps: BeforeDeps, siteId: string): Promise<boolean> {
  try {
    if (deps.disk.kind !== 'btrfs') return false;
    const disk = await diskShareOf(deps.db, siteId);
    if (disk && isNearFull(disk.usedBytes, disk.bytesMax)) return false;
    const holder = `checkpoint:${deps.runner}:${crypto.randomUUID()}`;
    const done = await withLease(deps.db, `converge:${siteId}`, holder, TURN_MS, async () => {
      const { id } = await deps.db.checkpoint.create({ data: { siteId, cause: 'deployment' }, select: { id: true } });
      return makeCheckpoint(deps, siteId, id);
    });
    return done?.result ?? false;
  } catch (cause) {
    deps.log.warn({ siteId, cause: String(cause) }, 'no checkpoint was made before a deployment');
    return false;
  }
}
