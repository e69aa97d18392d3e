// The variables of a site: for whoever may change what runs.

import type { Metadata } from 'next';
import { viewEnvironment } from '#lib/environment/view.ts';
import { openSite } from '../_parts/open-site.ts';
import { EnvironmentPage } from './_parts/environment-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Environment of ${(await params).name.slice(0, 30)}` };
}

export default async function Page({ params }: Props) {
  const { site, db } = await openSite(params, 'develop');
  return <EnvironmentPage name={site.name} initial={await viewEnvironment(db, site, null)} />;
}
