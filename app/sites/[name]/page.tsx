// One site's overview: everything that is needed to use it.

import type { Metadata } from 'next';
import { readLogTail } from '#lib/api/log-tail.ts';
import { viewSite } from '#lib/sites/view.ts';
import { openSite } from './_parts/open-site.ts';
import { SitePage } from './_parts/site-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).name.slice(0, 30) };
}

export default async function Page({ params }: Props) {
  const { site, viewer, db, settings } = await openSite(params, 'view');
  return (
    <SitePage
      initial={viewSite(settings, site, site.standing)}
      initialLog={await readLogTail(db, site.id, null)}
      isOwner={viewer.userId !== null && viewer.userId === site.ownerId}
    />
  );
}
