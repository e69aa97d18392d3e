// The system user that git runs as, found in the system's own table.

import { readFile } from 'node:fs/promises';
import { AppError } from '../errors/app-error.ts';

export interface Account {
  uid: number;
  gid: number;
}

export const GIT_USER = 'lightkeeper-git';
export const WEB_GROUP = 'lightkeeper-web';

/** Throws `setup-failed` when the machine has no such user. */
export async function requireAccount(name: string, table = '/etc/passwd'): Promise<Account> {
  const account = parseAccount(await readFile(table, 'utf8'), name);
  if (account && account.uid > 0 && account.gid > 0) return account;
  throw new AppError('setup-failed', {
    message: `This machine has no system user ${name}.`,
    hint: 'Run `npm run up`, which makes it.',
  });
}

/** The group's id, or null when the machine has no such group. */
export async function findGroup(name: string, table = '/etc/group'): Promise<number | null> {
  return parseGroup(await readFile(table, 'utf8'), name);
}

/** passwd(5): name:password:uid:gid:… */
export function parseAccount(table: string, name: string): Account | null {
  const [, , uid, gid] = findFields(table, name);
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

/** group(5): name:password:gid:members */
export function parseGroup(table: string, name: string): number | null {
  const [, , gid] = findFields(table, name);
  return gid ? Number(gid) : null;
}

function findFields(table: string, name: string): string[] {
  const line = table.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
  return line?.split(':') ?? [];
}
