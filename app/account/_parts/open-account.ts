// What the account's page begins with: whose it is. Whoever is not signed in is led to the sign-in.

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { type AccountView, type Holder, viewAccount } from '#lib/accounts/account.ts';
import { requireHolder } from '#lib/api/account.ts';
import { type Services, services } from '#lib/api/services.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import { AppError } from '#lib/errors/app-error.ts';

export interface OpenAccount extends Services {
  holder: Holder;
  account: AccountView;
}

export async function openAccount(): Promise<OpenAccount> {
  const parts = services();
  const asked = await headers();
  const viewer = await findViewer(parts, asked);
  const holder = await requireHolder(parts, viewer, asked).catch((error) => {
    if (error instanceof AppError && error.code === 'no-session') redirect('/sign-in');
    throw error;
  });
  return { ...parts, holder, account: await viewAccount(parts, holder) };
}
