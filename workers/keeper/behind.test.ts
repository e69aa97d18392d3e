import { expect, test } from 'vitest';
import { createBehind } from './behind.ts';

/** Two processors, a hog and another site; the kernel's part is a set. */
function machine(initially: string[] = []) {
  const held = new Set(initially);
  const used = new Map([
    ['hog', 0],
    ['other', 0],
  ]);
  let [nowMs, cpuMicros] = [0, 0];
  const groups = {
    used: () => new Map(used),
    behind: () => new Set(held),
    setBehind: (id: string, isBehind: boolean) => void (isBehind ? held.add(id) : held.delete(id)),
  };
  const behind = createBehind({ groups, readHost: () => ({ cpuMicros, cpuCount: 2 }), nowMs: () => nowMs });
  /** Half a second passes, in which these shares of one processor are used. */
  const pass = (all: number, hog: number) => {
    nowMs += 500;
    cpuMicros += all * 500_000;
    used.set('hog', (used.get('hog') ?? 0) + hog * 500_000);
    behind.look();
  };
  return { held, pass, behind };
}

test('within two looks a hog of a busy machine stands behind the others, and not when it is over', () => {
  const { held, pass } = machine();
  pass(2, 1);
  pass(2, 1);
  expect([...held]).toEqual(['hog']);
  pass(2, 1);
  expect([...held]).toEqual(['hog']);
  pass(0.4, 0);
  expect([...held]).toEqual([]);
});

test('a machine with room leaves everybody where he is', () => {
  const { held, pass } = machine();
  for (let times = 0; times < 5; times += 1) pass(1.2, 1);
  expect([...held]).toEqual([]);
});

test('whom a keeper that was killed left behind, the next one takes back', () => {
  const { held, pass } = machine(['hog']);
  pass(0.2, 0.1);
  expect([...held]).toEqual([]);
});

test('at its end everybody is beside the others', () => {
  const { held, pass, behind } = machine(['hog']);
  pass(2, 1);
  expect([...held]).toEqual(['hog']);
  behind.end();
  expect([...held]).toEqual([]);
});
