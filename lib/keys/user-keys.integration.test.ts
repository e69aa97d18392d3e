import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { addUserKey, listUserKeys, removeUserKey, USER_KEYS_MAX } from './user-keys.ts';

let database: TestDatabase;
let directory: string;
let user: string;
const who = { actor: { id: null, role: 'member' }, address: null };

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'user-keys-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await database.drop();
});
beforeEach(async () => {
  user = (await database.db.user.create({ data: { role: 'member' } })).id;
});

let made = 0;
function makeKey(args: string[]): { line: string; fingerprint: string } {
  made += 1;
  const file = path.join(directory, `key${made}`);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', 'me@laptop', '-f', file, ...args]);
  const [, fingerprint = ''] = execFileSync('ssh-keygen', ['-lf', `${file}.pub`], { encoding: 'utf8' }).split(' ');
  return { line: readFileSync(`${file}.pub`, 'utf8'), fingerprint };
}

test.each([
  [['-t', 'ed25519']],
  [['-t', 'rsa', '-b', '2048']],
  [['-t', 'rsa', '-b', '4096']],
  [['-t', 'ecdsa', '-b', '256']],
  [['-t', 'ecdsa', '-b', '384']],
  [['-t', 'ecdsa', '-b', '521']],
])('takes what ssh-keygen %s makes, with its fingerprint', async (args) => {
  const { line, fingerprint } = makeKey(args);
  const added = await addUserKey(database.db, user, line, who);
  expect(added.fingerprint).toBe(fingerprint);
  expect(await addUserKey(database.db, user, line, who)).toEqual(added);
  expect(await listUserKeys(database.db, user)).toMatchObject([{ fingerprint, comment: 'me@laptop' }]);
});

test('two users may have the same key: having it says nothing about the other', async () => {
  const { line } = makeKey(['-t', 'ed25519']);
  const other = (await database.db.user.create({ data: { role: 'member' } })).id;
  await addUserKey(database.db, other, line, who);
  const { id } = await addUserKey(database.db, user, line, who);
  await removeUserKey(database.db, other, id, who);
  expect(await listUserKeys(database.db, user)).toHaveLength(1);
  await removeUserKey(database.db, user, id, who);
  await removeUserKey(database.db, user, id, who);
  expect([await listUserKeys(database.db, user), (await listUserKeys(database.db, other)).length]).toEqual([[], 1]);
});

test('what is no public key is refused, and there are so many', async () => {
  await expect(addUserKey(database.db, user, 'nonsense', who)).rejects.toMatchObject({ code: 'bad-key' });
  const publicKey = makeKey(['-t', 'ed25519']).line;
  const data = Array.from({ length: USER_KEYS_MAX }, (_, n) => ({
    userId: user,
    fingerprint: `SHA256:${n}`,
    publicKey,
  }));
  await database.db.userKey.createMany({ data });
  await expect(addUserKey(database.db, user, publicKey, who)).rejects.toMatchObject({ code: 'too-many-keys' });
});
