// The reader that runs in the container, with files as s6-log keeps them; only the container is missing.

import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ContainerState, Engine, ExecRequest } from '../engine/engine.ts';
import type { LogLine } from './line.ts';
import { followLogs, type LogState, readLogs } from './read.ts';

const SCRIPT = path.resolve(import.meta.dirname, '../../workers/container/read-logs.py');

let run: string;
let started: ChildProcess[];
let status: ContainerState['status'];
let engine: Pick<Engine, 'exec' | 'inspect'>;
let told: { lines: LogLine[]; left: number; states: LogState[] };
let over: AbortController;

beforeEach(async () => {
  run = await mkdtemp(path.join(tmpdir(), 'lk-logs-'));
  started = [];
  status = 'running';
  told = { lines: [], left: 0, states: [] };
  over = new AbortController();
  engine = {
    inspect: async () => ({ status }) as ContainerState,
    exec: async (_, { command }: ExecRequest) => {
      const [, ...words] = command.map((word) => (word.endsWith('read-logs.py') ? SCRIPT : word));
      const child = spawn('/usr/bin/python3', words, { env: { NODE_ENV: 'test', RUN: run } });
      started.push(child);
      const exited = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 137)));
      return {
        ...{ stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exited },
        resize: async () => {},
        async hangUp() {
          child.kill('SIGHUP');
          await exited;
        },
      };
    },
  };
});
afterEach(async () => {
  over.abort();
  for (const child of started) child.kill('SIGKILL');
  await rm(run, { recursive: true, force: true });
});

let clock = 0;
const stamp = (text: string | Buffer) => {
  clock += 1;
  const time = new Date(Date.UTC(2026, 0, 1) + clock * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return Buffer.concat([Buffer.from(`${time}.000000000  `), Buffer.from(text), Buffer.from('\n')]);
};
const place = (release: number, file = 'current') => path.join(run, 'log', `web-${release}`, file);
async function log(release: number, ...texts: (string | Buffer)[]) {
  await mkdir(path.dirname(place(release)), { recursive: true });
  await appendFile(place(release), Buffer.concat(texts.map(stamp)));
}
function follow(count = 500) {
  const report = {
    lines: (lines: LogLine[]) => void told.lines.push(...lines),
    leftOut: (count: number) => {
      told.left += count;
    },
    state: (state: LogState) => void told.states.push(state),
  };
  return followLogs(engine, 'site', count, report, over.signal);
}
const texts = () => told.lines.map(({ text }) => text);

test('the newest lines of all releases, older files among them, in the order of their times', async () => {
  await log(1, 'one');
  await rename(place(1), place(1, '@4000000000000000000000000.s'));
  await log(2, 'two');
  await log(1, 'three');
  await log(2, 'four');
  expect((await readLogs(engine, 'site', 10)).map(({ release, text }) => [release, text])).toEqual([
    [1, 'one'],
    [2, 'two'],
    [1, 'three'],
    [2, 'four'],
  ]);
  expect((await readLogs(engine, 'site', 2)).map(({ text }) => text)).toEqual(['three', 'four']);
});

test('no log at all is no line', async () => {
  expect(await readLogs(engine, 'site', 10)).toEqual([]);
});

test('hostile bytes come as text', async () => {
  await log(1, '\u001b]0;title\u0007<script>', Buffer.from([0xff, 0xfe, 0x41]), '- 5', '=', '1 2026');
  expect((await readLogs(engine, 'site', 10)).map(({ text }) => text)).toEqual([
    '<script>',
    '\ufffd\ufffdA',
    '- 5',
    '=',
    '1 2026',
  ]);
});

test('what is no file of s6-log holds nothing up', async () => {
  await log(1, 'fine');
  await mkdir(path.join(run, 'log/web-2/current'), { recursive: true });
  await mkdir(path.join(run, 'log/web-3'));
  await symlink('/dev/zero', path.join(run, 'log/web-3/current'));
  await writeFile(path.join(run, 'log/web-x'), '');
  await mkdir(path.join(run, 'log/web-4'));
  await new Promise((resolve) => spawn('mkfifo', [path.join(run, 'log/web-4/current')]).once('close', resolve));
  expect((await readLogs(engine, 'site', 10)).map(({ text }) => text)).toEqual(['fine']);
});

test('lines are told as they come, across a change of files and with a release that begins later', async () => {
  await log(1, 'before');
  const following = follow();
  await expect.poll(texts).toEqual(['before']);
  await log(1, 'a');
  await rename(place(1), place(1, '@4000000000000000000000001.s'));
  await log(1, 'b');
  await rename(place(1), place(1, '@4000000000000000000000002.s'));
  await log(1, 'c');
  await log(2, 'd');
  await expect.poll(() => texts().sort()).toEqual(['a', 'b', 'before', 'c', 'd']);
  over.abort();
  await following;
  await expect.poll(() => started.every((child) => child.exitCode !== null || child.signalCode !== null)).toBe(true);
});

test('of a flood the newest is told, and how much is not', async () => {
  const following = follow();
  await expect.poll(() => told.states).toEqual(['running']);
  await log(1, 'first');
  await expect.poll(() => told.lines.length).toBe(1);
  const flood = Array.from({ length: 30_000 }, (_, index) => `line ${index}`);
  await log(1, ...flood);
  await expect.poll(() => texts().at(-1)).toBe('line 29999');
  expect(told.lines.length).toBeLessThan(3_000);
  expect(told.lines.length + told.left).toBe(30_001);
  over.abort();
  await following;
});

test('a site that sleeps is not woken, and is read again without telling a line twice', async () => {
  status = 'paused';
  await log(1, 'one');
  const following = follow();
  await expect.poll(() => told.states).toEqual(['asleep']);
  expect(started).toEqual([]);
  status = 'running';
  await expect.poll(texts, { timeout: 5_000 }).toEqual(['one']);
  started[0]?.kill('SIGKILL');
  await log(1, 'two');
  await expect.poll(texts, { timeout: 5_000 }).toEqual(['one', 'two']);
  over.abort();
  await following;
});

test('the reader ends when its input does, as when the one who started it was killed', async () => {
  void follow().catch(() => {});
  await expect.poll(() => started.length).toBe(1);
  started[0]?.stdin?.end();
  await expect.poll(() => started[0]?.exitCode).toBe(0);
});
