// The account of who is signed in.

import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound } from 'next/navigation';
import { services } from '#lib/api/services.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import { BrandBar } from '../_components/brand-bar.tsx';
import { AccessSections } from './_parts/access-sections.tsx';

export const metadata: Metadata = { title: 'Account' };

export default async function AccountPage() {
  const { db, settings } = services();
  const { userId, role } = await findViewer({ db, settings }, await headers());
  if (userId === null || role === 'guest') notFound();
  return (
    <>
      <BrandBar />
      <main id="main" className="mx-auto flex w-full max-w-3xl flex-col gap-6 px-5 pb-16 pt-2 sm:px-8">
        <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Your account</h1>
        <AccessSections db={db} userId={userId} />
      </main>
    </>
  );
}
