// What all pages of a site share: the way home and the way from one to the other.

import type { ReactNode } from 'react';
import { includes } from '#lib/sites/access.ts';
import { BrandBar } from '../../_components/brand-bar.tsx';
import { openSite } from './_parts/open-site.ts';
import { SiteNav } from './_parts/site-nav.tsx';
import { TABS } from './_parts/tabs.ts';

interface Props {
  params: Promise<{ name: string }>;
  children: ReactNode;
}

export default async function Layout({ params, children }: Props) {
  const { site } = await openSite(params, 'view');
  const { access, isShared } = site.standing;
  const tabs = TABS.filter(({ need, isInside }) => includes(access, need) && (isShared || !isInside));
  return (
    <>
      <BrandBar />
      {tabs.length > 1 ? <SiteNav name={site.name} tabs={tabs} /> : null}
      {children}
    </>
  );
}
