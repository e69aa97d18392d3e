import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePublicKey } from './public-key.ts';

const run = promisify(execFile);
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'keys-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('parsePublicKey', () => {
  it.each([
    ['ed25519', '256'],
    ['ecdsa', '256'],
    ['ecdsa', '384'],
    ['ecdsa', '521'],
    ['rsa', '2048'],
    ['rsa', '3072'],
  ])('agrees with ssh-keygen about a fresh %s key of %s bits', async (type, bits) => {
    const file = path.join(directory, `${type}-${bits}`);
    await run('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-C', 'a comment', '-f', file]);
    const { stdout } = await run('ssh-keygen', ['-lf', `${file}.pub`]);
    const key = parsePublicKey(await readFile(`${file}.pub`, 'utf8'));
    expect(stdout).toContain(`${key.bits} ${key.fingerprint} ${key.comment} (`);
    const privateKey = await readFile(file, 'utf8');
    expect(() => parsePublicKey(privateKey)).toThrow('This is a private key.');
  });
});
