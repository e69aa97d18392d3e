// The live release's variables, given to a container that has just started: they are on a tmpfs there, so every start is
// without them, and the release waits for them (workers/container/service/run).

import type { Db } from '../db/client.ts';
import type { Site } from '../db/generated/client.ts';
import type { ContainerState, Engine } from '../engine/engine.ts';
import { requireSecret, type Settings } from '../env.ts';
import type { Log } from '../log.ts';
import { renderFrames } from './frames.ts';
import { readSealed, unsealAll } from './store.ts';

export interface DeliverDeps {
  db: Db;
  engine: Engine;
  settings: Settings;
  log: Log;
}

const SCRIPT = '/.lightkeeper/environment';
const DELIVER_MS_MAX = 20_000;

type Start = Pick<ContainerState, 'instanceId' | 'startedAt'>;

/** Names one start of one container. */
export function startOf({ instanceId, startedAt }: Start): string {
  return `${instanceId.slice(0, 12)} ${startedAt?.toISOString() ?? ''}`;
}

/** Whether the container runs without what its release waits for. Pure. */
export function lacksEnvironment(
  site: Pick<Site, 'liveEnvironment' | 'environmentIn'>,
  container: Start | null,
): boolean {
  return site.liveEnvironment > 0 && container !== null && site.environmentIn !== startOf(container);
}

/** Safe to repeat. Throws when the container does not take them. */
export async function deliverEnvironment(deps: DeliverDeps, siteId: string, container: ContainerState): Promise<void> {
  const site = await deps.db.site.findUnique({ where: { id: siteId }, include: { liveDeployment: true } });
  if (!site?.liveDeployment || !lacksEnvironment(site, container)) return;
  const variables = unsealAll(requireSecret(deps.settings), await readSealed(deps.db, siteId, site.liveEnvironment));
  const session = await deps.engine.exec(siteId, { command: [SCRIPT, String(site.liveDeployment.number)] });
  session.stdout.resume();
  session.stderr?.resume();
  session.stdin.on('error', () => {}); // The exit code tells.
  session.stdin.end(renderFrames(variables));
  const timer = setTimeout(() => void session.hangUp().catch(() => {}), DELIVER_MS_MAX);
  const code = await session.exited.finally(() => clearTimeout(timer));
  if (code !== 0) throw new Error(`the container did not take its environment: exit code ${code}`);
  await deps.db.site.updateMany({ where: { id: siteId }, data: { environmentIn: startOf(container) } });
  deps.log.info({ siteId, count: variables.size }, 'a container has its environment');
}
