// The host keys, made once and kept: a new one would look like an attack to every client that has been here. Ed25519,
// and ECDSA for older clients. No RSA key: with one, ssh2 also offers signatures with SHA-1.

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import ssh2 from 'ssh2';

const ATTEMPTS = 20;

/** Private keys in OpenSSH's format, from `directory` or made now. Safe to repeat; a damaged file throws. */
export async function ensureHostKeys(directory: string): Promise<string[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return [
    await ensureKey(path.join(directory, 'host_ed25519'), 'ed25519'),
    await ensureKey(path.join(directory, 'host_ecdsa'), 'ecdsa'),
  ];
}

/** Of ssh2's Ed25519 keys one in 256 is malformed: its reader of numbers drops a leading zero. Tried until one is read. */
export function generateHostKey(type: 'ed25519' | 'ecdsa'): string {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const pair =
      type === 'ecdsa' ? ssh2.utils.generateKeyPairSync(type, { bits: 256 }) : ssh2.utils.generateKeyPairSync(type);
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair.private;
  }
  throw new Error(`none of ${ATTEMPTS} host keys was well-formed`);
}

async function ensureKey(file: string, type: 'ed25519' | 'ecdsa'): Promise<string> {
  const kept = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw cause;
  });
  const key = kept ?? generateHostKey(type);
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw new Error(`The SSH host key ${file} is damaged: ${parsed.message}`);
  if (kept === null) await writeDurably(file, key);
  return key;
}

/** Whole or not at all, also through a power loss. */
async function writeDurably(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
