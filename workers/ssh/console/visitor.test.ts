import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { parsePublicKey } from '#lib/keys/public-key.ts';
import { wireString, wireText } from '#lib/keys/wire-writing.ts';
import { createMemorySites, type MemorySites } from '../testing/memory-sites.ts';
import { findVisitor } from './visitor.ts';

const DATA = Buffer.from('a session id and a request');
const PAIR = generateKeyPairSync('ed25519');
const KEY = publicKeyOf(PAIR.publicKey);

let sites: MemorySites;
beforeEach(() => {
  sites = createMemorySites([]);
});

function publicKeyOf(key: KeyObject) {
  const point = Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url');
  const blob = Buffer.concat([wireText('ssh-ed25519'), wireString(point)]);
  return parsePublicKey(`ssh-ed25519 ${blob.toString('base64')}`);
}

function find(user: string, by: 'its own key' | 'another key' | 'nothing', blob = KEY.blob) {
  const signer = by === 'another key' ? generateKeyPairSync('ed25519').privateKey : PAIR.privateKey;
  const signed = by === 'nothing' ? null : { data: DATA, signature: sign(null, DATA, signer), hash: null };
  return findVisitor({ sites }, user, { method: 'publickey', blob, signed });
}

const give = () => void sites.accounts.push({ id: 'olga', email: 'olga@example.org', publicKey: KEY.line });

describe('findVisitor', () => {
  it.each(['console', 'calm-reef-7', 'Olga'])('lets an account’s key in as %s', async (user) => {
    give();
    expect(await find(user, 'its own key')).toMatchObject({
      place: 'account olga',
      site: null,
      visitor: { isNobody: false },
    });
  });

  it('lets a key that nobody knows in only under names that no site can have', async () => {
    for (const user of ['console', 'root', 'Olga', 'a', 'x_y', '']) {
      expect(await find(user, 'its own key')).toMatchObject({ place: KEY.fingerprint, visitor: { isNobody: true } });
    }
    for (const user of ['calm-reef-7', 'olga']) expect(await find(user, 'its own key')).toBeNull();
  });

  it('knows the holder of a site’s key from nobody', async () => {
    sites.keys.push({ siteId: 'a-site', publicKey: KEY.line });
    expect(await find('console', 'its own key')).toMatchObject({ visitor: { isNobody: false } });
    expect(await find('calm-reef-7', 'its own key')).toBeNull();
  });

  it.each(['console', 'calm-reef-7'])('takes no signature of another key as %s', async (user) => {
    give();
    expect(await find(user, 'another key')).toBeNull();
  });

  it('asks for a signature of a key that would do: authentication.ts lets it in after that', async () => {
    expect(await find('console', 'nothing')).not.toBeNull();
    expect(await find('calm-reef-7', 'nothing')).toBeNull();
  });

  it('lets nobody in with a password, and with what is no key', async () => {
    expect(await findVisitor({ sites }, 'console', { method: 'password', password: '' })).toBeNull();
    for (const blob of [Buffer.alloc(0), Buffer.from('ssh-ed25519'), KEY.blob.subarray(0, 40), Buffer.alloc(5_000)]) {
      expect(await find('console', 'its own key', blob)).toBeNull();
    }
    expect(await find('console', 'its own key', Buffer.concat([wireText('ssh-dss'), wireString(KEY.blob)]))).toBeNull();
  });
});
