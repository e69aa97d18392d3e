// What is changed about a site rarely: its name and secrets, whether it runs, whose it is, and its end.

import type { Metadata } from 'next';
import { viewSite } from '#lib/sites/view.ts';
import { openSite } from '../_parts/open-site.ts';
import { SettingsPage } from './_parts/settings-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Settings of ${(await params).name.slice(0, 30)}` };
}

export default async function Page({ params }: Props) {
  const { site, viewer, settings } = await openSite(params, 'view');
  return (
    <SettingsPage
      initial={viewSite(settings, site, site.standing)}
      isOwner={viewer.userId !== null && viewer.userId === site.ownerId}
      undoHours={viewer.role === 'guest' ? 0 : settings.undoHours}
    />
  );
}
