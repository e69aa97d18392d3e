// The frame of every page. Rendered for each request, so that the Content-Security-Policy's nonce reaches its scripts.

import type { Metadata, Viewport } from 'next';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { AccountProvider } from './_components/account-context.tsx';
import { readMenuAccount } from './_components/read-menu-account.ts';
import './_styles/global.css';
import { mono, sans } from './_styles/fonts.ts';

export const metadata: Metadata = {
  title: { default: 'Lightkeeper', template: '%s · Lightkeeper' },
  description: 'One click gives you a site: an address, a git remote, and root on a small Linux server of your own.',
  robots: { index: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f1e6' },
    { media: '(prefers-color-scheme: dark)', color: '#0a1222' },
  ],
};

export default async function Layout({ children }: { children: ReactNode }) {
  await connection();
  return (
    <html lang="en" className={`${sans.variable} ${mono.variable}`}>
      <body className="antialiased">
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:absolute focus:left-4 focus:top-4 focus:z-50 focus:rounded-box focus:bg-surface focus:px-4 focus:py-2"
        >
          Skip to the content
        </a>
        <AccountProvider account={await readMenuAccount()}>{children}</AccountProvider>
      </body>
    </html>
  );
}
