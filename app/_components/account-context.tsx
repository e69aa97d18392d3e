// Who is signed in, for the menu on every page, also on those that are rendered in the browser.

'use client';

import { createContext, type ReactNode, useContext } from 'react';

export interface MenuAccount {
  email: string;
  isAdmin: boolean;
}

const AccountContext = createContext<MenuAccount | null>(null);

export function AccountProvider({ account, children }: { account: MenuAccount | null; children: ReactNode }) {
  return <AccountContext value={account}>{children}</AccountContext>;
}

/** Null: nobody, or a guest. */
export function useAccount(): MenuAccount | null {
  return useContext(AccountContext);
}
