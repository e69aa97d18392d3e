// Root's shell in the browser.

import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { openSite } from '../_parts/open-site.ts';
import { TerminalPage } from './_parts/terminal-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Terminal · ${(await params).name.slice(0, 30)}` };
}

export default async function Page({ params }: Props) {
  const { site } = await openSite(params, 'develop');
  if (!site.standing.isShared) notFound();
  return <TerminalPage name={site.name} />;
}
