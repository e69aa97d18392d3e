// What a launch tells while it goes on: its steps, for the page that shows them as they happen, and why it failed.

import { notify } from '../db/notify.ts';
import { AppError } from '../errors/app-error.ts';
import type { MachineDeps, SiteWithPlan } from './machine.ts';

type Deps = Pick<MachineDeps, 'db' | 'log'>;

/** Does one step of the launch, for the page that shows them as they happen: its title, and the time it took once done. */
export async function step<T>(deps: Deps, site: SiteWithPlan, title: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  await deps.db.$executeRaw`
    update "Site" set "launchSteps" = array_append("launchSteps", ${title}) where id = ${site.id}::uuid`;
  await notify(deps.db, 'site', site.id);
  const result = await work();
  const done = `${title} (${((performance.now() - start) / 1000).toFixed(2)} s)`;
  await deps.db.$executeRaw`
    update "Site" set "launchSteps" = array_replace("launchSteps", ${title}, ${done}) where id = ${site.id}::uuid`;
  await notify(deps.db, 'site', site.id);
  return result;
}

export async function recordFailure(deps: Deps, site: SiteWithPlan, error: unknown): Promise<void> {
  deps.log.error({ siteId: site.id, cause: String(error) }, 'a launch failed');
  const problem =
    error instanceof AppError ? `${error.message} ${error.hint}` : 'The launch failed. We are trying again.';
  await deps.db.site.updateMany({ where: { id: site.id, state: 'launching' }, data: { state: 'failed', problem } });
  await notify(deps.db, 'site', site.id);
}
