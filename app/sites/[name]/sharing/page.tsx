// Who shares the site.

import type { Metadata } from 'next';
import { viewSharing } from '#lib/api/sharing.ts';
import { openSite } from '../_parts/open-site.ts';
import { SharingCard } from './_parts/sharing-card.tsx';

export const metadata: Metadata = { title: 'Sharing' };

interface Props {
  params: Promise<{ name: string }>;
}

export default async function SharingPage({ params }: Props) {
  const { db, settings, site, viewer } = await openSite(params, 'own');
  const mayInvite = viewer.userId !== null && viewer.role !== 'guest';
  return (
    <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-16 pt-2 sm:px-8">
      <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Sharing</h1>
      <SharingCard
        name={site.name}
        initial={await viewSharing({ db, settings }, site)}
        self={viewer.userId}
        mayInvite={mayInvite}
      />
    </main>
  );
}
