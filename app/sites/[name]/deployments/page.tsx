// Everything that was deployed to a site.

import type { Metadata } from 'next';
import { listDeployments } from '#lib/deploy/list.ts';
import { viewDeployment, viewSite } from '#lib/sites/view.ts';
import { openSite } from '../_parts/open-site.ts';
import { DeploymentsPage } from './_parts/deployments-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Deployments of ${(await params).name.slice(0, 30)}` };
}

export default async function Page({ params }: Props) {
  const { site, db, settings } = await openSite(params, 'view');
  const { deployments, before } = await listDeployments(db, site.id, null);
  return (
    <DeploymentsPage
      initial={viewSite(settings, site, site.standing)}
      firstPage={{ deployments: deployments.map((each) => viewDeployment(site, each)), before }}
    />
  );
}
