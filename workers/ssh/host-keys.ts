// The host keys, made once and kept: a new one would look like an attack to every client that has been here. Ed25519,
// and ECDSA for older clients. No RSA key: with one, ssh2 also offers signatures with SHA-1.

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import ssh2 from 'ssh2';

/** Private keys in OpenSSH's format, from `directory` or made now. Safe to repeat; a damaged file throws. */
export async function ensureHostKeys(directory: string): Promise<string[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return [
    await ensureKey(path.join(directory, 'host_ed25519'), () => ssh2.utils.generateKeyPairSync('ed25519')),
    await ensureKey(path.join(directory, 'host_ecdsa'), () => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })),
  ];
}

async function ensureKey(file: string, generate: () => { private: string }): Promise<string> {
  const kept = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw cause;
  });
  const key = kept ?? generate().private;
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
