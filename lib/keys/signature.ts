// Does this key's owner hold the private half? Verifies signatures of SSH user authentication (RFC 4252, section 7),
// with RSA under SHA-2 only (RFC 8332), and security keys (OpenSSH's PROTOCOL.u2f), which must have been touched.

import { createHash, verify } from 'node:crypto';
import type { PublicKey } from './public-key.ts';
import { WireReader } from './wire.ts';

export interface SignedMessage {
  data: Buffer;
  /** Without its algorithm name: raw bytes, except ECDSA, which is DER. A security key's carries flags and counter. */
  signature: Buffer;
  /** Of an RSA signature. */
  hash: 'sha256' | 'sha512' | null;
}

const FLAG_USER_PRESENT = 0x01;
const ECDSA_HASHES: Record<number, string> = { 256: 'sha256', 384: 'sha384', 521: 'sha512' };

/** True only for a valid signature by this key; false for everything else, malformed input included. */
export function isSignedBy(key: PublicKey, message: SignedMessage): boolean {
  try {
    if (key.application !== null) return isSignedBySecurityKey(key, key.application, message);
    return verify(hashOf(key, message), message.data, key.key, message.signature);
  } catch {
    // Malformed signatures throw, in the reader or in OpenSSL: they are not by this key.
    return false;
  }
}

/** The hash's name; null lets Ed25519 use its own. Throws for RSA with SHA-1. */
function hashOf(key: PublicKey, { hash }: SignedMessage): string | null {
  if (key.type === 'ssh-ed25519') return null;
  if (key.type !== 'ssh-rsa') return ECDSA_HASHES[key.bits] ?? null;
  if (!hash) throw new RangeError('RSA signatures need SHA-2');
  return hash;
}

/** The key signs: hash of its application, flags, counter, hash of the message. */
function isSignedBySecurityKey(key: PublicKey, application: string, { data, signature }: SignedMessage): boolean {
  const isEcdsa = key.type === 'sk-ecdsa-sha2-nistp256@openssh.com';
  const reader = new WireReader(signature);
  const proof = isEcdsa
    ? Buffer.concat([leftPad(reader.positiveInteger(), 32), leftPad(reader.positiveInteger(), 32)])
    : reader.bytes(64);
  const flags = reader.byte();
  const counter = reader.bytes(4);
  if (reader.remaining > 0 || (flags & FLAG_USER_PRESENT) === 0) return false;
  const signed = Buffer.concat([sha256(Buffer.from(application, 'latin1')), Buffer.of(flags), counter, sha256(data)]);
  if (!isEcdsa) return verify(null, signed, key.key, proof);
  return verify('sha256', signed, { key: key.key, dsaEncoding: 'ieee-p1363' }, proof);
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

function leftPad(number: Buffer, length: number): Buffer {
  if (number.length > length) throw new RangeError('the number is too long');
  return Buffer.concat([Buffer.alloc(length - number.length), number]);
}
