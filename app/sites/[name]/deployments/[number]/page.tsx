// One deployment of a site, with its log.

import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { LOG_CHARACTERS_MAX, readLogTail } from '#lib/api/log-tail.ts';
import { findDeployment, parseNumber } from '#lib/deploy/list.ts';
import { viewDeployment, viewSite } from '#lib/sites/view.ts';
import { openSite } from '../../_parts/open-site.ts';
import { DeploymentPage } from '../_parts/deployment-page.tsx';

interface Props {
  params: Promise<{ name: string; number: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name, number } = await params;
  return { title: `Deployment ${number.slice(0, 7)} of ${name.slice(0, 30)}` };
}

export default async function Page({ params }: Props) {
  const { site, db, settings } = await openSite(params, 'view');
  const deployment = await findDeployment(db, site.id, parseNumber((await params).number));
  if (!deployment) notFound();
  return (
    <DeploymentPage
      key={deployment.number}
      initial={viewSite(settings, site, site.standing)}
      initialLog={await readLogTail(db, site.id, null)}
      deployment={viewDeployment(site, deployment)}
      text={deployment.log.slice(-LOG_CHARACTERS_MAX)}
    />
  );
}
