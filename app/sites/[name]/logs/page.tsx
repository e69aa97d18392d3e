// What a site's app writes, as it writes it: for whoever may change what runs, because secrets get into logs.

import type { Metadata } from 'next';
import { openSite } from '../_parts/open-site.ts';
import { LogsPage } from './_parts/logs-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Logs of ${(await params).name.slice(0, 30)}` };
}

export default async function Page({ params }: Props) {
  const { site } = await openSite(params, 'develop');
  return <LogsPage name={site.name} />;
}
