// Domains of people's own that lead to the site.

import type { Metadata } from 'next';
import { listDomains } from '#lib/domains/view.ts';
import { includes } from '#lib/sites/access.ts';
import { openSite } from '../_parts/open-site.ts';
import { DomainsPage } from './_parts/domains-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Domains of ${(await params).name.slice(0, 30)}` };
}

export default async function Page({ params }: Props) {
  const { site, db, settings } = await openSite(params, 'view');
  return (
    <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-16 pt-2 *:max-w-3xl sm:px-8">
      <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Domains</h1>
      <DomainsPage
        name={site.name}
        initial={await listDomains(db, settings, site)}
        mayChange={includes(site.standing.access, 'own')}
      />
    </main>
  );
}
