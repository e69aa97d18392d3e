import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CgroupReader, createCgroupReader } from './cgroup.ts';
import type { CgroupVersion } from './cgroup-files.ts';

const ID = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
let root: string;
let reader: CgroupReader;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-cgroup-'));
});

afterEach(async () => {
  reader.close();
  await rm(root, { recursive: true });
});

const FILES: Record<CgroupVersion, Record<string, string>> = {
  1: {
    'memory/sites/ID/memory.usage_in_bytes': '20971520\n',
    'memory/sites/ID/memory.stat': 'inactive_file 1\ntotal_inactive_file 4194304\n',
    'memory/sites/ID/memory.oom_control': 'oom_kill 1\n',
    'pids/sites/ID/pids.current': '4\n',
    'pids/sites/ID/pids.events': 'max 2\n',
    'pids/sites/ID/cgroup.procs': '41\n42\n',
    'cpu/sites/ID/cpu.stat': 'nr_periods 10\nnr_throttled 5\nthrottled_time 2000000\n',
    'cpuacct/sites/ID/cpuacct.usage': '7000000\n',
  },
  2: {
    'sites/ID/memory.current': '20971520\n',
    'sites/ID/memory.stat': 'inactive_file 4194304\n',
    'sites/ID/memory.events': 'oom_kill 1\n',
    'sites/ID/pids.current': '4\n',
    'sites/ID/pids.events': 'max 2\n',
    'sites/ID/cgroup.procs': '41\n42\n',
    'sites/ID/cpu.stat': 'usage_usec 7000\nnr_periods 10\nnr_throttled 5\nthrottled_usec 2000\n',
  },
};

async function lay(version: CgroupVersion, id: string): Promise<void> {
  for (const [name, text] of Object.entries(FILES[version])) {
    const file = path.join(root, name.replace('ID', id));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await mkdir(path.join(root, 'proc/41/net'), { recursive: true });
  await writeFile(path.join(root, 'proc/41/net/dev'), '  eth0: 100 1 0 0 0 0 0 0 200 1\n');
}

describe.each([1, 2] as const)('cgroup v%i', (version) => {
  beforeEach(() => {
    reader = createCgroupReader({ version, root, parent: '/sites', proc: path.join(root, 'proc') });
  });

  test('one sweep reads every container, and only containers', async () => {
    await lay(version, ID);
    await lay(version, OTHER);
    await mkdir(path.join(root, version === 1 ? 'pids' : '', 'sites/not-a-container'), { recursive: true });
    const samples = reader.read(0);
    expect([...samples.keys()].sort()).toEqual([ID, OTHER]);
    expect(samples.get(ID)).toMatchObject({
      memoryBytes: 16 << 20,
      pids: 4,
      cpuMicros: 7000,
      periods: 10,
      throttledPeriods: 5,
      throttledMicros: 2000,
      oomKills: 1,
      forksRefused: 2,
      rxBytes: 100,
      txBytes: 200,
    });
    expect(reader.pidsOf(ID)).toEqual([41, 42]);
  });

  test('page cache is asked for again when the memory changed, and after ten seconds', async () => {
    await lay(version, ID);
    const [usage, stat] = Object.keys(FILES[version]).map((name) => path.join(root, name.replace('ID', ID)));
    if (!usage || !stat) throw new Error('no files');
    const memory = (nowMs: number) => reader.read(nowMs).get(ID)?.memoryBytes;
    expect(memory(0)).toBe(16 << 20);
    await writeFile(stat, (await readFile(stat, 'utf8')).replace('4194304', '8388608'));
    await writeFile(usage, `${(20 << 20) + 4096}`);
    expect(memory(0), 'nothing to speak of has changed').toBe((16 << 20) + 4096);
    await writeFile(usage, `${30 << 20}`);
    expect(memory(0)).toBe(22 << 20);
    await writeFile(stat, (await readFile(stat, 'utf8')).replace('8388608', '4194304'));
    expect(memory(10_001)).toBe(26 << 20);
  });

  test('a container that ends is left out, and one without processes is read', async () => {
    await lay(version, ID);
    await lay(version, OTHER);
    const procs = path.join(root, version === 1 ? 'pids' : '', 'sites', OTHER, 'cgroup.procs');
    await writeFile(procs, '');
    expect(reader.read(0).get(OTHER)).toMatchObject({ rxBytes: 0, txBytes: 0 });
    await rm(path.join(root, version === 1 ? 'pids' : '', 'sites', ID), { recursive: true });
    expect([...reader.read(0).keys()]).toEqual([OTHER]);
    expect(reader.pidsOf(ID)).toEqual([]);
  });
});

test('what the host has sent and got before a container has its own network is not the container’s', async () => {
  await lay(2, ID);
  for (const [process, namespace] of [
    ['self', 'net:[1]'],
    ['41', 'net:[1]'],
  ] as const) {
    await mkdir(path.join(root, 'proc', process, 'ns'), { recursive: true });
    await symlink(namespace, path.join(root, 'proc', process, 'ns/net'));
  }
  reader = createCgroupReader({ version: 2, root, parent: '/sites', proc: path.join(root, 'proc') });
  expect(reader.read(0).get(ID)).toMatchObject({ rxBytes: 0, txBytes: 0 });
  await rm(path.join(root, 'proc/41/ns/net'));
  await symlink('net:[2]', path.join(root, 'proc/41/ns/net'));
  expect(reader.read(10_001).get(ID)).toMatchObject({ rxBytes: 100, txBytes: 200 });
});

test('without a parent there are no containers', () => {
  reader = createCgroupReader({ version: 2, root, parent: '/sites', proc: '/proc' });
  expect(reader.read(0).size).toBe(0);
});
