// The account: a list of sections, each a component of its own below _parts.

import type { Metadata } from 'next';
import { BrandBar } from '../_components/brand-bar.tsx';
import { AccessSections } from './_parts/access-sections.tsx';
import { DeleteSection } from './_parts/delete-section.tsx';
import { EmailSection } from './_parts/email-section.tsx';
import { openAccount } from './_parts/open-account.ts';
import { PasswordSection } from './_parts/password-section.tsx';
import { SessionsSection } from './_parts/sessions-section.tsx';

export const metadata: Metadata = { title: 'Account' };

export default async function AccountPage() {
  const { account, db, holder, settings } = await openAccount();
  return (
    <>
      <BrandBar />
      <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-16 pt-2 *:max-w-3xl sm:px-8">
        <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Account</h1>
        <EmailSection account={account} />
        <PasswordSection account={account} />
        <AccessSections db={db} settings={settings} userId={holder.user.id} />
        <SessionsSection account={account} />
        <DeleteSection account={account} />
      </main>
    </>
  );
}
