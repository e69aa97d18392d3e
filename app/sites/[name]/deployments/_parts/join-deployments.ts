// The deployments that were read page by page, kept true by the newest ones of the event stream. Pure.

import type { DeploymentView, SiteView } from '#lib/sites/view.ts';

type Newest = Pick<SiteView, 'deployments' | 'liveDeployment'>;

/** The newest first, each once. Which one is live, the stream knows also of those that it does not tell. */
export function joinDeployments(read: DeploymentView[], { deployments, liveDeployment }: Newest): DeploymentView[] {
  const told = new Set(deployments.map(({ number }) => number));
  const older = read
    .filter(({ number }) => !told.has(number))
    .map((deployment) => ({ ...deployment, live: deployment.number === liveDeployment }));
  return [...deployments, ...older].sort((a, b) => b.number - a.number);
}
