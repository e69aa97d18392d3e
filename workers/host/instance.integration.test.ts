// The workers' code is compiled before they start, by workers that do nothing else.

import { mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSettings, type Settings } from '#lib/env.ts';
import { compileWorkers } from './instance.ts';
import { nodePath } from './runtime.ts';

let dir: string;
let settings: Settings;

beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-compile-'));
  settings = parseSettings({ LIGHTKEEPER_DATA_DIR: dir });
  await mkdir(path.dirname(nodePath(settings)), { recursive: true });
  await symlink(process.execPath, nodePath(settings));
});

afterEach(() => rm(dir, { recursive: true }));

test('what workers load is on the disk, none of them has done anything, and once is enough', {
  timeout: 120_000,
}, async () => {
  await compileWorkers(settings);

  const compiled = path.join(settings.paths.runtime, 'compile-cache');
  expect((await readdir(compiled, { recursive: true })).length).toBeGreaterThan(100);
  expect(await readdir(dir)).toEqual(['runtime']);

  const { ctimeNs } = await stat(compiled, { bigint: true });
  await compileWorkers(settings);
  expect((await stat(compiled, { bigint: true })).ctimeNs).toBe(ctimeNs);
});
