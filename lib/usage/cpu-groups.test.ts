import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCpuGroups } from './cpu-groups.ts';

const ID = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'lightkeeper-cpu-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string) {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

test('version 1: the time is nanoseconds of a tree of its own', () => {
  write(`cpu/parent/${ID}/cpu.idle`, '0\n');
  write(`cpuacct/parent/${ID}/cpuacct.usage`, '7000000\n');
  write(`cpu/parent/${ID}/cpu.shares`, '1024\n');
  const groups = openCpuGroups({ version: 1, root, parent: '/parent' });
  expect(groups.used()).toEqual(new Map([[ID, 7_000]]));
  expect(groups.behind()).toEqual(new Set());
  groups.setBehind(ID, true);
  expect(readFileSync(path.join(root, `cpu/parent/${ID}/cpu.idle`), 'utf8')).toMatch(/^1/);
  expect(groups.behind()).toEqual(new Set([ID]));
  groups.setBehind(ID, false);
  expect(groups.behind()).toEqual(new Set());
  expect(readFileSync(path.join(root, `cpu/parent/${ID}/cpu.shares`), 'utf8')).toMatch(/^256/);
});

test('version 2: the time is among the statistics', () => {
  write(`parent/${ID}/cpu.stat`, 'usage_usec 7000\nuser_usec 1\n');
  write(`parent/${ID}/cpu.idle`, '1\n');
  write(`parent/${ID}/cpu.weight`, '100\n');
  write('parent/cgroup.procs', '');
  const groups = openCpuGroups({ version: 2, root, parent: '/parent' });
  expect(groups.used()).toEqual(new Map([[ID, 7_000]]));
  expect(groups.behind()).toEqual(new Set([ID]));
  groups.setBehind(ID, false);
  expect(readFileSync(path.join(root, `parent/${ID}/cpu.weight`), 'utf8')).toMatch(/^10/);
});

test('a container that has gone, and a kernel without the file, are no error', () => {
  write(`cpu/parent/${ID}/cpu.shares`, '256\n');
  const groups = openCpuGroups({ version: 1, root, parent: '/parent' });
  expect(groups.used()).toEqual(new Map());
  groups.setBehind(ID, true);
  groups.setBehind(OTHER, true);
  expect(groups.behind()).toEqual(new Set());
  expect(openCpuGroups({ version: 1, root, parent: '/absent' }).used()).toEqual(new Map());
});
