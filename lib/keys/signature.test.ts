import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type PublicKey, parsePublicKey } from './public-key.ts';
import { isSignedBy } from './signature.ts';
import { wireString, wireText } from './wire-writing.ts';

const DATA = Buffer.from('a session id and a request');

function publicKey(type: string, ...parts: Buffer[]): PublicKey {
  return parsePublicKey(`${type} ${Buffer.concat([wireText(type), ...parts]).toString('base64')}`);
}

function coordinate(key: KeyObject, name: 'x' | 'y' | 'n' | 'e'): Buffer {
  return Buffer.from(String(key.export({ format: 'jwk' })[name]), 'base64url');
}

function point(key: KeyObject): Buffer {
  return wireString(Buffer.concat([Buffer.of(4), coordinate(key, 'x'), coordinate(key, 'y')]));
}

/** A positive number with the zero byte that keeps its sign. */
function wireNumber(bytes: Buffer): Buffer {
  const trimmed = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  return wireString((trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed);
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

describe('isSignedBy', () => {
  it('accepts Ed25519 by the key alone, for that message alone', () => {
    const pair = generateKeyPairSync('ed25519');
    const key = publicKey('ssh-ed25519', wireString(coordinate(pair.publicKey, 'x')));
    const signature = sign(null, DATA, pair.privateKey);
    expect(isSignedBy(key, { data: DATA, signature, hash: null })).toBe(true);
    expect(isSignedBy(key, { data: Buffer.from('other'), signature, hash: null })).toBe(false);
    expect(isSignedBy(key, { data: DATA, signature: Buffer.alloc(64), hash: null })).toBe(false);
    expect(isSignedBy(key, { data: DATA, signature: Buffer.alloc(0), hash: null })).toBe(false);
    const other = generateKeyPairSync('ed25519').privateKey;
    expect(isSignedBy(key, { data: DATA, signature: sign(null, DATA, other), hash: null })).toBe(false);
  });

  it.each([
    ['P-256', 'nistp256', 'sha256'],
    ['P-384', 'nistp384', 'sha384'],
    ['P-521', 'nistp521', 'sha512'],
  ])('accepts ECDSA on %s with its own hash', (namedCurve, name, hash) => {
    const pair = generateKeyPairSync('ec', { namedCurve });
    const key = publicKey(`ecdsa-sha2-${name}`, wireText(name), point(pair.publicKey));
    expect(isSignedBy(key, { data: DATA, signature: sign(hash, DATA, pair.privateKey), hash: null })).toBe(true);
    expect(isSignedBy(key, { data: DATA, signature: sign('sha1', DATA, pair.privateKey), hash: null })).toBe(false);
    expect(isSignedBy(key, { data: DATA, signature: Buffer.from('garbage'), hash: null })).toBe(false);
  });

  it('accepts RSA under SHA-2 and never under SHA-1', () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const exponent = wireNumber(coordinate(pair.publicKey, 'e'));
    const key = publicKey('ssh-rsa', exponent, wireNumber(coordinate(pair.publicKey, 'n')));
    for (const hash of ['sha256', 'sha512'] as const) {
      expect(isSignedBy(key, { data: DATA, signature: sign(hash, DATA, pair.privateKey), hash })).toBe(true);
    }
    expect(isSignedBy(key, { data: DATA, signature: sign('sha1', DATA, pair.privateKey), hash: null })).toBe(false);
  });
});

describe('isSignedBy for security keys', () => {
  const counter = Buffer.of(0, 0, 0, 9);
  const signed = (flags: number, application = 'ssh:') =>
    Buffer.concat([sha256(Buffer.from(application)), Buffer.of(flags), counter, sha256(DATA)]);

  it('accepts a touched Ed25519 one, and refuses one without touch or for another application', () => {
    const pair = generateKeyPairSync('ed25519');
    const key = publicKey('sk-ssh-ed25519@openssh.com', wireString(coordinate(pair.publicKey, 'x')), wireText('ssh:'));
    const signature = (flags: number, application?: string) =>
      Buffer.concat([sign(null, signed(flags, application), pair.privateKey), Buffer.of(flags), counter]);
    const judge = (bytes: Buffer) => isSignedBy(key, { data: DATA, signature: bytes, hash: null });
    expect(judge(signature(1))).toBe(true);
    expect(judge(signature(5))).toBe(true);
    expect(judge(signature(0))).toBe(false);
    expect(judge(signature(1, 'https://example.com'))).toBe(false);
    expect(judge(Buffer.concat([signature(1), Buffer.of(0)]))).toBe(false);
    expect(judge(signature(1).subarray(0, 68))).toBe(false);
  });

  it('accepts a touched ECDSA one', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const type = 'sk-ecdsa-sha2-nistp256@openssh.com';
    const key = publicKey(type, wireText('nistp256'), point(pair.publicKey), wireText('ssh:'));
    const proof = sign('sha256', signed(1), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
    const numbers = Buffer.concat([wireNumber(proof.subarray(0, 32)), wireNumber(proof.subarray(32))]);
    const signature = Buffer.concat([numbers, Buffer.of(1), counter]);
    expect(isSignedBy(key, { data: DATA, signature, hash: null })).toBe(true);
    expect(isSignedBy(key, { data: Buffer.from('other'), signature, hash: null })).toBe(false);
  });
});
