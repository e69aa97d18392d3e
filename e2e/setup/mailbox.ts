// The mailboxes of everybody: a real SMTP server that takes what the instance mails.

import type { Page } from '@playwright/test';
import { type MailReceiver, openMailReceiver } from '#lib/alerts/testing/receivers.ts';
import { test as base } from './browser.ts';
import { expect } from './fixtures.ts';
import { SETTINGS } from './host-state.ts';

const SOON = { timeout: 30_000, intervals: [100] };

export interface Mailbox {
  /** The texts that came to an address, oldest first. */
  textsTo(email: string): string[];
  /** The link of the newest mail to an address that says this, once there is one. */
  link(email: string, words?: string): Promise<string>;
}

export const test = base.extend<{ mailbox: Mailbox }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  mailbox: async ({}, use) => {
    const receiver = await openMailReceiver(Number(new URL(SETTINGS.smtpUrl).port));
    await use(mailboxOf(receiver));
    await receiver.close();
  },
});

/** An address that nobody has used. */
export function newEmail(who = 'mira'): string {
  return `${who}-${Date.now()}-${Math.floor(Math.random() * 1e6)}@example.org`;
}

/** Opens a mailed link and presses its button. */
export async function follow(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in/link'));
}

function mailboxOf({ mails }: MailReceiver): Mailbox {
  const textsTo = (email: string) => mails.filter(({ to }) => to.includes(email)).map(({ text }) => decode(text));
  return {
    textsTo,
    async link(email, words = '') {
      const saying = () => textsTo(email).filter((text) => text.includes(words));
      await expect.poll(() => saying().length, SOON).toBeGreaterThan(0);
      return /^http\S+token=\S+/m.exec(saying().at(-1) ?? '')?.[0] ?? '';
    },
  };
}

/** Quoted-printable (RFC 2045, 6.7). */
function decode(mail: string): string {
  const bytes = mail
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
