import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKernelLimits } from './kernel-limits.ts';

const ID = 'a'.repeat(64);
const MB = 2 ** 20;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-limits-'));
});
afterAll(() => rm(root, { recursive: true }));

async function write(version: string, files: Record<string, string>) {
  for (const [file, text] of Object.entries(files)) {
    const [controller = '', name = ''] = file.split(':');
    const dir = path.join(root, version, controller, 'parent', ID);
    await mkdir(dir, { recursive: true });
    await writeFile(path.join(dir, name), text);
  }
}
const open = (version: 1 | 2) =>
  createKernelLimits({ version, root: path.join(root, `v${version}`), parent: '/parent' });

test('version 1: each controller has its own tree, and CPU is a quota of a period', async () => {
  await write('v1', {
    'memory:memory.limit_in_bytes': `${256 * MB}\n`,
    'memory:memory.usage_in_bytes': `${100 * MB}\n`,
    'memory:memory.stat': `inactive_file 1\ntotal_inactive_file ${30 * MB}\n`,
    'pids:pids.max': '128\n',
    'cpu:cpu.cfs_quota_us': '50000\n',
    'cpu:cpu.cfs_period_us': '100000\n',
  });
  expect(open(1).limits(ID)).toEqual({ memoryBytesMax: 256 * MB, pidsMax: 128, cpuMillisMax: 500 });
  expect(open(1).memoryBytes(ID)).toBe(70 * MB);
});

test('version 1: no limit is Infinity', async () => {
  await write('v1', {
    'memory:memory.limit_in_bytes': '9223372036854771712\n',
    'pids:pids.max': 'max\n',
    'cpu:cpu.cfs_quota_us': '-1\n',
  });
  const none = Number.POSITIVE_INFINITY;
  expect(open(1).limits(ID)).toEqual({ memoryBytesMax: none, pidsMax: none, cpuMillisMax: none });
});

test('version 2: one tree, and `max` is no limit', async () => {
  await write('v2', {
    ':memory.max': `${64 * MB}\n`,
    ':memory.current': `${10 * MB}\n`,
    ':memory.stat': `inactive_file ${4 * MB}\n`,
    ':pids.max': 'max\n',
    ':cpu.max': '200000 100000\n',
  });
  expect(open(2).limits(ID)).toEqual({
    memoryBytesMax: 64 * MB,
    pidsMax: Number.POSITIVE_INFINITY,
    cpuMillisMax: 2000,
  });
  expect(open(2).memoryBytes(ID)).toBe(6 * MB);
});

test('a container that has gone has no limits', () => {
  expect(open(1).limits('b'.repeat(64))).toBeNull();
  expect(open(2).memoryBytes('b'.repeat(64))).toBeNull();
});
