// The copies that unprivileged processes read, from a checkout that was made under a strict umask.

import { chmod, mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyForAll } from './runtime.ts';

let dir: string;
let umask: number;

beforeEach(async () => {
  umask = process.umask(0o077);
  dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-runtime-'));
  await mkdir(path.join(dir, 'source/service'), { recursive: true });
  await writeFile(path.join(dir, 'source/service/run'), '#!/bin/sh\n', { mode: 0o700 });
  await writeFile(path.join(dir, 'source/service.sh'), 'first\n', { mode: 0o600 });
  await writeFile(path.join(dir, 'source/service.test.ts'), '');
});

afterEach(async () => {
  process.umask(umask);
  await rm(dir, { recursive: true });
});

const mode = async (name: string) => (await stat(path.join(dir, 'target', name))).mode & 0o777;

test('everyone can read the copies and run the programs, whatever the umask', async () => {
  await copyForAll(path.join(dir, 'source'), path.join(dir, 'target'));

  expect(await mode('.')).toBe(0o755);
  expect(await mode('service')).toBe(0o755);
  expect(await mode('service/run')).toBe(0o755);
  expect(await mode('service.sh')).toBe(0o644);
  await expect(mode('service.test.ts')).rejects.toThrow('ENOENT');
});

test('who reads a file while it is replaced reads the old one to its end', async () => {
  await copyForAll(path.join(dir, 'source'), path.join(dir, 'target'));
  await chmod(path.join(dir, 'target/service.sh'), 0o400);
  const reader = await open(path.join(dir, 'target/service.sh'));
  await writeFile(path.join(dir, 'source/service.sh'), 'second\n');

  await copyForAll(path.join(dir, 'source'), path.join(dir, 'target'));

  expect(await reader.readFile('utf8')).toBe('first\n');
  await reader.close();
  expect(await readFile(path.join(dir, 'target/service.sh'), 'utf8')).toBe('second\n');
  expect(await mode('service.sh')).toBe(0o644);
});
