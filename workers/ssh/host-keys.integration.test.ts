import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureHostKeys, generateHostKey } from './host-keys.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'host-keys-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('ensureHostKeys', () => {
  it('makes keys once, for root’s eyes only, and gives the same ones ever after', async () => {
    const keys = path.join(directory, 'ssh');
    const made = await ensureHostKeys(keys);
    expect(await ensureHostKeys(keys)).toEqual(made);
    expect((await readdir(keys)).sort()).toEqual(['host_ecdsa', 'host_ed25519']);
    for (const file of await readdir(keys)) expect((await stat(path.join(keys, file))).mode & 0o777).toBe(0o600);
    expect((await stat(keys)).mode & 0o777).toBe(0o700);
  });

  it('throws at a damaged key instead of making another, which every client would take for an attack', async () => {
    const keys = path.join(directory, 'damaged');
    await ensureHostKeys(keys);
    await writeFile(path.join(keys, 'host_ed25519'), '');
    await expect(ensureHostKeys(keys)).rejects.toThrow('damaged');
  });
});

describe('generateHostKey', () => {
  it('makes keys that can be read, all of 2,000', () => {
    const keys = Array.from({ length: 2_000 }, () => ssh2.utils.parseKey(generateHostKey('ed25519')));
    expect(keys.filter((key) => key instanceof Error)).toEqual([]);
  });
});
