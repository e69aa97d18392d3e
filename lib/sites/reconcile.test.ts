import { expect, test } from 'vitest';
import type { HoldCause, Rest } from '../db/generated/client.ts';
import type { ContainerState } from '../engine/engine.ts';
import { parseSettings } from '../env.ts';
import { startOf } from '../environment/deliver.ts';
import { ASLEEP, AWAY, HELD } from '../proxy/proxy.ts';
import { createHeldApps } from './hold-app.ts';
import { desiredRoutes, needsWork } from './reconcile.ts';

const now = new Date('2026-01-01T00:00:20Z');
const site = {
  id: '0198f3a0-0000-7000-8000-000000000000',
  name: 'calm-bay-100',
  state: 'live' as const,
  rest: 'awake' as Rest,
  heldBy: null as HoldCause | null,
  heldAt: null as Date | null,
  restoringId: null as string | null,
  generation: 1,
  address: '10.213.0.2',
  livePort: 8001,
  routedName: 'calm-bay-100',
  createdAt: now,
  liveEnvironment: 0,
  environmentIn: null as string | null,
  undoUntil: null as Date | null,
};
const container: ContainerState = {
  siteId: site.id,
  generation: 1,
  instanceId: 'abc',
  status: 'running',
  address: '10.213.0.2',
  startedAt: now,
  exitCode: null,
  outOfMemory: false,
};

const heldApps = { isHeld: () => false };

test('a live site with its container at its address needs nothing', () => {
  expect(needsWork(site, container, now, heldApps)).toBe(false);
});

test.each([
  ['no container', null],
  ['a frozen container', { ...container, status: 'paused' as const }],
  ['a stopped container', { ...container, status: 'exited' as const }],
  ['a container of an older generation', { ...container, generation: 0 }],
  ['a container at another address', { ...container, address: '10.213.0.9' }],
])('a live site with %s is mended', (_, state) => expect(needsWork(site, state, now, heldApps)).toBe(true));

test('a site that is to be restored needs work, whatever its container does', () => {
  expect(needsWork({ ...site, restoringId: site.id }, container, now, heldApps)).toBe(true);
});

test('a container that has not been given the variables of its release is worked on, at each of its starts', () => {
  const set = { ...site, liveEnvironment: 3 };
  expect(needsWork(set, container, now, heldApps)).toBe(true);
  const given = { ...set, environmentIn: startOf(container) };
  expect(needsWork(given, container, now, heldApps)).toBe(false);
  expect(needsWork(given, { ...container, startedAt: new Date(0) }, now, heldApps)).toBe(true);
  expect(needsWork({ ...given, rest: 'frozen' }, { ...container, status: 'paused' }, now, heldApps)).toBe(false);
});

test('a site with a new name needs its route', () => {
  expect(needsWork({ ...site, name: 'mine' }, container, now, heldApps)).toBe(true);
});

test.each(['launching', 'deleting'] as const)('a %s site is worked on', (state) => {
  expect(needsWork({ ...site, state }, container, now, heldApps)).toBe(true);
});

test('a deleted site that may come back is stopped and led to by nothing, then left alone until its time is over', () => {
  const undoUntil = new Date(now.getTime() + 1_000);
  const deleted = { ...site, state: 'deleting' as const, undoUntil };
  const away = { ...deleted, address: null, routedName: null };
  const stopped = { ...container, status: 'exited' as const, address: null };
  expect(needsWork(deleted, container, now, heldApps)).toBe(true);
  expect(needsWork(away, { ...container, status: 'paused' }, now, heldApps)).toBe(true);
  expect(needsWork(away, stopped, now, heldApps)).toBe(false);
  expect(needsWork(away, null, now, heldApps)).toBe(false);
  expect(needsWork(away, stopped, undoUntil, heldApps)).toBe(true);
  expect(desiredRoutes(parseSettings({}), [deleted], new Map([[site.id, container]])).size).toBe(0);
});

test('of a site whose app kept ending, the app is held and the container is left as it is', () => {
  const held = { ...site, heldBy: 'storm' as const };
  expect(needsWork(held, container, now, heldApps)).toBe(true);
  expect(needsWork(held, container, now, { isHeld: () => true })).toBe(false);
  const ended = { ...held, address: null };
  expect(needsWork(ended, { ...container, status: 'exited' }, now, heldApps)).toBe(false);
  expect(needsWork(ended, null, now, heldApps)).toBe(false);
});

test.each([
  ['stopped', null],
  ['awake', 'storm'],
  ['awake', 'admin'],
] as const)('a site that is %s, held by %s, keeps no address that may be a neighbour’s next', (rest, heldBy) => {
  expect(needsWork({ ...site, rest, heldBy }, { ...container, status: 'exited', address: null }, now, heldApps)).toBe(
    true,
  );
  expect(needsWork({ ...site, rest, heldBy }, null, now, heldApps)).toBe(true);
});

test('an app that a release brought back is held again when that release keeps ending too', () => {
  const apps = createHeldApps();
  const first = { ...site, heldBy: 'storm' as const, heldAt: now };
  apps.note(container, first.heldAt);
  expect(needsWork(first, container, now, apps)).toBe(false);
  // Another release went live in the same container, and was held.
  expect(needsWork({ ...first, heldAt: new Date(now.getTime() + 60_000) }, container, now, apps)).toBe(true);
});

const routes = (row: Partial<typeof site>, state: ContainerState | null) =>
  desiredRoutes(parseSettings({}), [{ ...site, ...row }], new Map(state ? [[site.id, state]] : []));
const HOST = 'calm-bay-100.localhost';

test('a host leads to where its container is, whatever address the row has from before', () => {
  expect(routes({ address: '10.213.0.7' }, container)).toEqual(
    new Map([[HOST, { address: '10.213.0.2', port: 8001 }]]),
  );
});

test.each([
  ['gone', null],
  ['stopped', { ...container, status: 'exited' as const, address: null }],
  ['being removed', { ...container, status: 'removing' as const, address: null }],
])("a host whose container is %s leads nowhere: its address may be a neighbour's next", (_, state) => {
  expect(routes({}, state)).toEqual(new Map([[HOST, AWAY]]));
});

test.each(['frozen', 'stopped'] as const)(
  'the visitors of a %s site go by the waker, whatever its container does',
  (rest) => {
    for (const state of [container, { ...container, status: 'paused' as const }, null]) {
      expect(routes({ rest }, state)).toEqual(new Map([[HOST, ASLEEP]]));
    }
  },
);

test('nobody wakes a site that is held: its visitors are told', () => {
  expect(routes({ rest: 'stopped', heldBy: 'storm' }, null)).toEqual(new Map([[HOST, HELD]]));
  expect(routes({ heldBy: 'admin' }, container)).toEqual(new Map([[HOST, HELD]]));
});

const [running, paused] = [container, { ...container, status: 'paused' as const }];
const exited = { ...container, status: 'exited' as const, address: null };
test.each([
  ['frozen', null, paused, false],
  ['frozen', null, running, true],
  ['frozen', null, exited, true],
  ['frozen', null, null, true],
  ['stopped', null, exited, false],
  ['stopped', null, null, false],
  ['stopped', null, running, true],
  ['stopped', null, paused, true],
  ['awake', 'storm', exited, false],
  ['awake', 'storm', running, true],
] as const)(
  'a site that is to be %s (held by %s) is left alone when its container is so',
  (rest, heldBy, state, expected) => {
    const address = state?.address ?? null;
    expect(needsWork({ ...site, rest, heldBy, address }, state, now, heldApps)).toBe(expected);
  },
);

test('a site without a release has no route', () => {
  expect(desiredRoutes(parseSettings({}), [{ ...site, livePort: null }], new Map()).size).toBe(0);
});
