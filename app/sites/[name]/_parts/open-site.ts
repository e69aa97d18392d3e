// What every page below /sites/NAME begins with: who asks, and the site if it is his to see.

import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { services } from '#lib/api/services.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import { AppError } from '#lib/errors/app-error.ts';
import type { Access } from '#lib/sites/access.ts';

/** To whoever may do less with the site the page is absent, as the site is to a stranger. An earlier name leads on. */
export async function openSite(params: Promise<{ name: string }>, need: Access) {
  const { name } = await params;
  const opened = await lookUp(name, need);
  if (opened.site.name !== name) redirect(`/sites/${opened.site.name}`);
  return opened;
}

/** Layout and page of one request share the look-up. */
const lookUp = cache(async (name: string, need: Access) => {
  const { db, settings } = services();
  const viewer = await findViewer({ db, settings }, await headers());
  try {
    return { db, settings, viewer, site: await requireSiteOf({ db, settings, viewer }, name, need) };
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not-found' || error.code === 'not-allowed')) notFound();
    throw error;
  }
});
