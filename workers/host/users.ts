// The system users our processes run as. None can log in; none owns anything of the others.

import { readFile } from 'node:fs/promises';
import { runCommand } from './run-command.ts';

export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

export const USERS = ['lightkeeper-git', 'lightkeeper-web', 'lightkeeper-postgres'] as const;
export type UserName = (typeof USERS)[number];

/** Makes the users that are missing and answers all. */
export async function ensureUsers(): Promise<Record<UserName, SystemUser>> {
  const users: Partial<Record<UserName, SystemUser>> = {};
  for (const name of USERS) users[name] = (await findUser(name)) ?? (await createUser(name));
  return users as Record<UserName, SystemUser>;
}

/** A user of /etc/passwd, or null. */
export async function findUser(name: string): Promise<SystemUser | null> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const fields = passwd.split('\n').map((line) => line.split(':'));
  const entry = fields.find(([user]) => user === name);
  return entry ? { name, uid: Number(entry[2]), gid: Number(entry[3]) } : null;
}

async function createUser(name: string): Promise<SystemUser> {
  await runCommand('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]);
  const user = await findUser(name);
  if (!user) throw new Error(`useradd made no ${name}`);
  return user;
}
