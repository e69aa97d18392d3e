import { expect, it } from 'vitest';
import { parseBytesRead, parseStat } from './process-tree.ts';
import { createProcessWatch } from './processes.ts';

/** A container's processes by pid, as /proc shows them; the scene is changed between two readings. */
function stage() {
  const rows = new Map<number, { name: string; parent: number; startedAt: number; bytesRead: number }>();
  let nowMs = 0;
  let reads = 0;
  const watch = createProcessWatch({
    nowMs: () => nowMs,
    read: (pid, file) => {
      reads += 1;
      const row = rows.get(pid);
      if (!row) return null;
      if (file === 'io') return `rchar: ${row.bytesRead}\nwchar: 1\nsyscr: 3\n`;
      return statLine(pid, row.name, row.parent, row.startedAt);
    },
  });
  return {
    set: (pid: number, name: string, parent: number, startedAt = pid, bytesRead = 0) =>
      rows.set(pid, { name, parent, startedAt, bytesRead }),
    end: (pid: number) => rows.delete(pid),
    read: (afterMs = 2_000) => {
      nowMs += afterMs;
      return watch.observe('container', [...rows.keys()]);
    },
    readsSince: () => {
      const count = reads;
      reads = 0;
      return count;
    },
  };
}

function statLine(pid: number, name: string, parent: number, startedAt: number): string {
  const before = Array.from({ length: 17 }, () => '0').join(' ');
  return `${pid} (${name}) S ${parent} ${before} ${startedAt} 1000 200 18446744073709551615\n`;
}

/** As a site runs: init, scanner, a supervisor each for the app and for its log. */
function runningSite() {
  const scene = stage();
  scene.set(100, 'init', 1);
  scene.set(101, 's6-svscan', 100);
  scene.set(102, 's6-supervise', 101);
  scene.set(103, 's6-supervise', 101);
  scene.set(104, 's6-log', 102);
  scene.set(105, 'python3', 103);
  scene.read();
  return scene;
}

it('counts a start that followed an end, once, and not the script that runs between', () => {
  const scene = runningSite();
  expect(scene.read().appRestarts).toBe(0);
  scene.end(105);
  scene.set(106, 'finish', 103);
  expect(scene.read().appRestarts).toBe(0);
  scene.end(106);
  scene.set(107, 'run', 103);
  expect(scene.read().appRestarts).toBe(1);
  scene.set(107, 'python3', 103);
  expect(scene.read().appRestarts).toBe(0);
  scene.end(107);
  scene.set(108, 'python3', 103);
  expect(scene.read().appRestarts).toBe(1);
});

it('counts none for a deployment, neither beside the live release nor in its place', () => {
  const scene = runningSite();
  scene.set(110, 's6-supervise', 101);
  scene.set(111, 's6-supervise', 101);
  scene.set(112, 'run', 110);
  scene.set(113, 'run', 111);
  expect(scene.read().appRestarts).toBe(0);
  scene.set(112, 's6-log', 110);
  scene.set(113, 'node', 111);
  expect(scene.read().appRestarts).toBe(0);
  for (const pid of [102, 103, 104, 105]) scene.end(pid);
  expect(scene.read().appRestarts).toBe(0);
  scene.end(113);
  scene.set(114, 'node', 111);
  expect(scene.read().appRestarts).toBe(1);
});

it('takes what a login started for nothing of the app', () => {
  const scene = runningSite();
  scene.set(120, 's6-supervise', 1);
  scene.set(121, 'loop', 120);
  scene.read();
  scene.end(121);
  scene.set(122, 'loop', 120);
  expect(scene.read().appRestarts).toBe(0);
});

it('tells how fast the log is written, from the second reading of its process on', () => {
  const scene = runningSite();
  expect(scene.read().logBytesPerSecond).toBe(0);
  scene.set(104, 's6-log', 102, 104, 3_000_000);
  expect(scene.read(2_000).logBytesPerSecond).toBe(1_500_000);
  scene.end(104);
  scene.set(130, 's6-log', 102, 130, 9_000_000);
  expect(scene.read(2_000).logBytesPerSecond).toBe(0);
});

it('reads one small file a reading of a site in which nothing happens', () => {
  const scene = runningSite();
  scene.readsSince();
  scene.read();
  expect(scene.readsSince()).toBe(1);
});

it('looks at a bounded number of new processes a reading', () => {
  const scene = runningSite();
  for (let pid = 1_000; pid < 2_000; pid++) scene.set(pid, 'sh', 105);
  scene.readsSince();
  scene.read();
  expect(scene.readsSince()).toBeLessThan(40);
});

it('reads a name that looks like the rest of the line as a name', () => {
  expect(parseStat(statLine(7, 'a) S 1 2 (b', 3, 99))).toEqual({
    pid: 7,
    name: 'a) S 1 2 (b',
    parent: 3,
    startedAt: 99,
  });
  expect(parseStat(statLine(7, '\n8 (x) R', 3, 99))).toMatchObject({ pid: 7, parent: 3 });
});

it.each(['', '7', '7 (sh', '7 (sh) S', '7 (sh) S x 0', '-7 (sh) S 1'])('reads nothing from %j', (text) => {
  expect(parseStat(text)).toBeNull();
});

it('reads nothing from an account of bytes that is none', () => {
  expect(parseBytesRead('rchar: 12\nwchar: 3\n')).toBe(12);
  expect(parseBytesRead('xrchar: 12\n')).toBeNull();
  expect(parseBytesRead('')).toBeNull();
});
