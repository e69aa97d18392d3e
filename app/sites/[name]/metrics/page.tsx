// One site's requests, latency, errors and use over time.

import type { Metadata } from 'next';
import { siteUrl } from '#lib/sites/address.ts';
import { limitsOf, OWN_LIMITS } from '#lib/sites/limits.ts';
import { readSiteHistory } from '#lib/usage/site-history.ts';
import { openSite } from '../_parts/open-site.ts';
import { MetricsPage } from './_parts/metrics-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Metrics of ${(await params).name.slice(0, 30)}` };
}

export default async function Page({ params }: Props) {
  const { db, site, settings } = await openSite(params, 'view');
  const inForce = limitsOf(site);
  const limits = Object.fromEntries(OWN_LIMITS.map((limit) => [limit, inForce[limit]]));
  const first = await readSiteHistory(db, site.id, '1h', new Date());
  return <MetricsPage name={site.name} address={siteUrl(settings, site.name)} limits={limits} first={first} />;
}
