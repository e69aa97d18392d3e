// People with accounts, made by hand: a user's row, and the browser session, API token and membership that go with it.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContext } from '@playwright/test';
import { sessionCookie } from '#lib/auth/session.ts';
import { parseSettings } from '#lib/env.ts';
import { hashToken, newUserToken } from '#lib/tokens/secret.ts';
import { query } from './database.ts';
import { APP_URL, type Site } from './fixtures.ts';
import { SETTINGS } from './host-state.ts';
import { TEST_INSTANCE } from './test-instance.ts';

export type MemberRole = 'viewer' | 'developer' | 'owner';

export interface Account {
  id: string;
  email: string;
  /** The Cookie header of a browser that is signed in. */
  cookie: string;
}

let made = 0;

export async function makeAccount(name: string, role: 'guest' | 'member' | 'admin' = 'member'): Promise<Account> {
  made += 1;
  const email = `${name}-${Date.now().toString(36)}${made}@example.org`;
  const [row] = await query<{ id: string }>(
    'insert into "User" (id, role, email) values (gen_random_uuid(), $1::"Role", $2) returning id',
    [role, email],
  );
  const id = row?.id ?? '';
  return { id, email, cookie: await cookieOf(id) };
}

export async function removeAccounts(...accounts: Account[]): Promise<void> {
  const ids = accounts.map(({ id }) => id);
  await query('update "Site" set "ownerId" = null, state = \'deleting\' where "ownerId" = any($1::uuid[])', [ids]);
  await query('delete from "User" where id = any($1::uuid[])', [ids]);
}

async function cookieOf(userId: string): Promise<string> {
  const { secret } = JSON.parse(await readFile(path.join(SETTINGS.dataDir, 'secrets.json'), 'utf8')) as {
    secret: string;
  };
  const settings = parseSettings({ ...TEST_INSTANCE, LIGHTKEEPER_SECRET: secret });
  return (await sessionCookie(settings, { userId, version: 0 })).split(';')[0] ?? '';
}

export async function share(site: Site, account: Account, role: MemberRole): Promise<void> {
  await query(
    `insert into "Member" ("siteId", "userId", role) select id, $2::uuid, $3::"MemberRole" from "Site" where name = $1
     on conflict ("siteId", "userId") do update set role = excluded.role`,
    [site.name, account.id, role],
  );
}

/** As signing in would. What a test's browser owns at its end is removed: sign out before, with `clearCookies`. */
export async function signIn(context: BrowserContext, { cookie }: Account): Promise<void> {
  const [name = '', value = ''] = cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url: APP_URL }]);
}

/** Makes the account the owner of a site that a guest launched. */
export async function own(site: Site, account: Account): Promise<void> {
  await query('update "Site" set "ownerId" = $2::uuid where name = $1', [site.name, account.id]);
}

export async function giveToken(
  account: Account,
  scope: 'read' | 'deploy' | 'full',
  given: { expired?: boolean } = {},
): Promise<string> {
  const token = newUserToken();
  await query(
    `insert into "UserToken" (id, "userId", name, hash, scope, "expiresAt")
     values (gen_random_uuid(), $1::uuid, 'test', $2, $3::"TokenScope", $4)`,
    [account.id, hashToken(token), scope, given.expired ? new Date(Date.now() - 1_000) : null],
  );
  return token;
}
