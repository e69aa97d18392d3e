// Public keys as people paste them: one authorized_keys line without options. Owns their parsing and fingerprints;
// refuses weak keys, certificates, and private keys pasted by mistake.

import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { AppError } from '../errors/app-error.ts';
import { WireReader } from './wire.ts';

export const KEY_TYPES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;
export type KeyType = (typeof KEY_TYPES)[number];

export interface PublicKey {
  type: KeyType;
  /** The wire format, which is what the base64 part of the line holds. */
  blob: Buffer;
  bits: number;
  /** Control characters removed, 200 characters at most. */
  comment: string;
  /** As `ssh-keygen -l` prints it: "SHA256:" and 43 characters. */
  fingerprint: string;
  /** The canonical line: type, base64, comment. */
  line: string;
  /** Verifies what the key signed. */
  key: KeyObject;
  /** Of a security key (sk-…): what it signs for, "ssh:" by default. */
  application: string | null;
}

const LINE_CHARACTERS_MAX = 8_192;
const RSA_BITS_MIN = 2_048;
const RSA_BITS_MAX = 16_384;
const COMMENT_CHARACTERS_MAX = 200;
const HOW_TO = 'Paste the one line of a .pub file, such as ~/.ssh/id_ed25519.pub; `ssh-keygen -t ed25519` makes one.';

/** Reads one line `type base64 [comment]`. Throws `bad-key` that says what is wrong with it. */
export function parsePublicKey(text: string): PublicKey {
  if (text.length > LINE_CHARACTERS_MAX) throw badKey(`The key is longer than ${LINE_CHARACTERS_MAX} characters.`);
  const line = text.trim();
  if (line === '') throw badKey('The key is empty.');
  if (/PRIVATE KEY|PuTTY-User-Key-File/.test(line)) {
    throw badKey(
      'This is a private key.',
      'Never give it to anyone. Paste the public key, which is in the file of the same name that ends in .pub.',
    );
  }
  if (/[\r\n]/.test(line)) throw badKey('The key has more than one line.');
  const [typeWord = '', base64 = ''] = line.split(/[ \t]+/, 2);
  const type = requireType(typeWord);
  const parts = parseBlob(type, requireBlob(base64));
  const comment = cleanComment(line.slice(line.indexOf(base64, typeWord.length) + base64.length));
  const canonical = `${type} ${parts.blob.toString('base64')}`;
  return {
    type,
    ...parts,
    comment,
    fingerprint: fingerprintOf(parts.blob),
    line: comment ? `${canonical} ${comment}` : canonical,
  };
}

/** The key that a client offers in wire format; null for one that no site would keep: another kind, too weak, damaged. */
export function findPublicKey(blob: Buffer): PublicKey | null {
  try {
    return parsePublicKey(`${new WireReader(blob).text()} ${blob.toString('base64')}`);
  } catch (error) {
    if (error instanceof AppError || error instanceof RangeError) return null;
    throw error;
  }
}

/** The SHA-256 fingerprint of a key in wire format, as `ssh-keygen -l` prints it. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function badKey(message: string, hint = HOW_TO): AppError {
  return new AppError('bad-key', { message, hint });
}

function requireType(word: string): KeyType {
  const type = KEY_TYPES.find((known) => known === word);
  if (type) return type;
  if (word === 'ssh-dss') throw badKey('DSA keys are too weak.', 'Make a new key with `ssh-keygen -t ed25519`.');
  if (word.includes('-cert-')) throw badKey('Certificates are not accepted.');
  if (/[="]|^[a-z-]+,/.test(word)) {
    throw badKey('The line starts with options, which are not accepted.');
  }
  throw badKey('This is not a public key that SSH knows.');
}

function requireBlob(base64: string): Buffer {
  const blob = Buffer.from(base64, 'base64');
  if (blob.length === 0 || blob.toString('base64') !== base64) {
    throw badKey('The key is damaged: its middle part is not valid base64.');
  }
  return blob;
}

type Parts = Pick<PublicKey, 'blob' | 'bits' | 'key' | 'application'>;

function parseBlob(type: KeyType, blob: Buffer): Parts {
  const reader = new WireReader(blob);
  let parts: Parts;
  try {
    if (reader.text() !== type) throw new RangeError('the inner type is another one');
    parts = { blob, ...readBody(type, reader) };
    if (reader.remaining > 0) throw new RangeError('something follows the key');
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('bad-key', { message: 'The key is damaged or cut short.', hint: HOW_TO, cause });
  }
  return parts;
}

function readBody(type: KeyType, reader: WireReader): Omit<Parts, 'blob'> {
  switch (type) {
    case 'ssh-ed25519':
      return { ...readEd25519(reader), application: null };
    case 'sk-ssh-ed25519@openssh.com':
      return { ...readEd25519(reader), application: reader.text() };
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return { ...readEcdsa(reader, 'nistp256'), application: reader.text() };
    case 'ssh-rsa':
      return { ...readRsa(reader), application: null };
    default:
      return { ...readEcdsa(reader, type.replace('ecdsa-sha2-', '')), application: null };
  }
}

function readEd25519(reader: WireReader) {
  const point = reader.string();
  if (point.length !== 32) throw new RangeError('an Ed25519 key has 32 bytes');
  return { bits: 256, key: importKey({ kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') }) };
}

const CURVES: Record<string, { crv: string; bits: number }> = {
  nistp256: { crv: 'P-256', bits: 256 },
  nistp384: { crv: 'P-384', bits: 384 },
  nistp521: { crv: 'P-521', bits: 521 },
};

/** The point must be uncompressed (RFC 5656, section 3.1); the import refuses one that is not on the curve. */
function readEcdsa(reader: WireReader, name: string) {
  const curve = CURVES[name];
  if (!curve || reader.text() !== name) throw new RangeError('the curve is another one');
  const point = reader.string();
  const size = Math.ceil(curve.bits / 8);
  if (point[0] !== 4 || point.length !== 1 + 2 * size) throw new RangeError('the point is not uncompressed');
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  const key = importKey({ kty: 'EC', crv: curve.crv, x: x.toString('base64url'), y: y.toString('base64url') });
  return { bits: curve.bits, key };
}

function readRsa(reader: WireReader) {
  const exponent = reader.positiveInteger();
  const modulus = reader.positiveInteger();
  if (exponent.length > 8 || exponent.equals(Buffer.of(1))) throw new RangeError('the exponent is unusable');
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
    throw badKey(
      `The RSA key has ${bits.toLocaleString('en-US')} bits; between 2,048 and 16,384 are accepted.`,
      'Make a new key with `ssh-keygen -t ed25519`.',
    );
  }
  return { bits, key: importKey({ kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') }) };
}

function importKey(key: JsonWebKey): KeyObject {
  return createPublicKey({ key, format: 'jwk' });
}

function cleanComment(text: string): string {
  return text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, COMMENT_CHARACTERS_MAX);
}
