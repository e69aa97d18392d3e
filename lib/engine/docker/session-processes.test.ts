import { expect, test } from 'vitest';
import { parseStat, sessionMembers } from './session-processes.ts';

const alive = (pid: number, parent: number, session: number) => ({ pid, parent, session, zombie: false });

test('the session and everything below its leader are members, and nobody else', () => {
  const processes = [
    alive(1, 0, 1),
    alive(100, 1, 100), // the leader
    alive(101, 100, 100),
    alive(102, 1, 100), // an orphan of the session
    alive(103, 101, 103), // a child in a session of its own
    alive(104, 103, 103),
    alive(200, 1, 200),
    { ...alive(105, 100, 100), zombie: true },
  ];
  expect(sessionMembers(100, processes)).toEqual([100, 101, 102, 103, 104]);
});

test('a session outlives its leader', () => {
  expect(sessionMembers(100, [alive(102, 1, 100), alive(200, 1, 200)])).toEqual([102]);
});

test.each([
  ['42 (sh) S 7 42 42 0 -1', { pid: 42, parent: 7, session: 42, zombie: false }],
  ['42 (a) b (c) Z 7 42 40 0 -1', { pid: 42, parent: 7, session: 40, zombie: true }],
  ['42 (new\nline) R 7 42 40 0 -1', { pid: 42, parent: 7, session: 40, zombie: false }],
  ['', null],
])('%j is read as %j', (stat, entry) => {
  expect(parseStat(stat)).toEqual(entry);
});
