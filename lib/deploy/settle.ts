// Brings a container to what the database says is live, when a worker was lost between the two: that release serves and
// starts with the container, everything else stops. Safe to repeat at any time in which no deployment of the site runs.

import type { DeployDeps } from './deps.ts';
import { releaseBounds } from './go-live.ts';
import { createOutputReader } from './protocol.ts';
import { renderPlan } from './script.ts';

const MISSING = 9;
const SETTLE_MS_MAX = 120_000;

export type Settled = 'settled' | 'nothing-live' | 'release-missing' | 'failed';

export async function settleSite(
  deps: Pick<DeployDeps, 'db' | 'engine' | 'settings' | 'log'>,
  siteId: string,
): Promise<Settled> {
  const site = await deps.db.site.findUnique({
    where: { id: siteId },
    include: { plan: true, liveDeployment: true, deployments: { where: { kept: true }, select: { number: true } } },
  });
  if (!site?.liveDeployment) return 'nothing-live';
  const { number } = site.liveDeployment;
  const kept = site.deployments.map((deployment) => deployment.number);
  const session = await deps.engine.exec(siteId, {
    command: ['/.lightkeeper/release', 'settle', String(number), 'settle'],
  });
  const plan = Buffer.from(renderPlan(null, number, kept, releaseBounds(deps.settings, site.plan)));
  const said: string[] = [];
  const reader = createOutputReader(
    'settle',
    () => {},
    (line) => said.length < 20 && said.push(line),
  );
  session.stdout.on('data', (bytes: Buffer) => reader.push(bytes));
  session.stderr?.resume();
  session.stdin.on('error', () => {}); // The exit code tells.
  session.stdin.write(`${plan.length}\n`);
  session.stdin.write(plan);
  const timer = setTimeout(() => void session.hangUp().catch(() => {}), SETTLE_MS_MAX);
  const code = await session.exited.finally(() => clearTimeout(timer));
  if (code === 0) return 'settled';
  deps.log.warn({ siteId, number, code, said }, 'a site could not be settled');
  return code === MISSING ? 'release-missing' : 'failed';
}
