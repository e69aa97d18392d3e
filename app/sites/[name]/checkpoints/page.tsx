// A site's checkpoints: the whole disk as it was at some moments, and the way back to each.

import type { Metadata } from 'next';
import { listCheckpoints } from '#lib/checkpoints/view.ts';
import { viewSite } from '#lib/sites/view.ts';
import { openSite } from '../_parts/open-site.ts';
import { CheckpointsPage } from './_parts/checkpoints-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Checkpoints of ${(await params).name.slice(0, 30)}` };
}

export default async function Page({ params }: Props) {
  const { site, db, settings } = await openSite(params, 'view');
  return <CheckpointsPage initial={viewSite(settings, site, site.standing)} list={await listCheckpoints(db, site)} />;
}
