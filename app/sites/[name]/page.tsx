// One site, for its owner: everything that is needed to use it, on one page.

import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound } from 'next/navigation';
import { readLogTail } from '#lib/api/log-tail.ts';
import { services } from '#lib/api/services.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { viewSite } from '#lib/sites/view.ts';
import { BrandBar } from '../../_components/brand-bar.tsx';
import { SitePage } from './_parts/site-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).name.slice(0, 30) };
}

export default async function Page({ params }: Props) {
  const { db, settings } = services();
  const viewer = await findViewer({ db, settings }, await headers());
  const site = await findSite((await params).name, (name) => requireSiteOf({ db, settings, viewer }, name));
  if (!site) notFound();
  return (
    <>
      <BrandBar />
      <SitePage
        initial={viewSite(settings, site)}
        initialLog={await readLogTail(db, site.id, null)}
        isOwner={viewer.userId !== null && viewer.userId === site.ownerId}
      />
    </>
  );
}

async function findSite<Site>(name: string, require: (name: string) => Promise<Site>): Promise<Site | null> {
  try {
    return await require(name);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') return null;
    throw error;
  }
}
