import { expect, test } from 'vitest';
import type { NetworkState } from '../network/network.ts';
import type { SiteWithPlan } from './machine.ts';
import { networkChanges } from './site-network.ts';

const limits = { bandwidthBytesMax: 1000, connectionsMax: 10, newConnectionsMax: 5 };
const held = (changes = {}): NetworkState => ({
  limits: { ...limits, ...changes },
  refused: { closed: 0, connections: 0, bandwidth: 0 },
});
/** Only what decides here is filled in. */
const site = (id: string, changes: Partial<Record<keyof typeof limits, number>> = {}) =>
  ({ id, ...changes, plan: limits }) as unknown as SiteWithPlan;

test('a site whose limits are in force is left alone, so that its counts go on', () => {
  const owners = new Map([['10.0.0.2', site('one')]]);
  const { wrong, unowned } = networkChanges(owners, new Map([['10.0.0.2', held()]]));
  expect([wrong.size, unowned]).toEqual([0, []]);
});

test('a site without limits, and one whose own or whose plan’s differ from those in force, is put right', () => {
  const owners = new Map([
    ['10.0.0.2', site('missing')],
    ['10.0.0.3', site('own', { connectionsMax: 20 })],
    ['10.0.0.4', site('drifted')],
  ]);
  const inForce = new Map([
    ['10.0.0.3', held()],
    ['10.0.0.4', held({ newConnectionsMax: 6 })],
  ]);
  expect([...networkChanges(owners, inForce).wrong.values()].map(({ id }) => id)).toEqual([
    'missing',
    'own',
    'drifted',
  ]);
});

test('limits that the kernel holds only nearly are not set again and again', () => {
  const owners = new Map([['10.0.0.2', site('none', { connectionsMax: 0 })]]);
  expect(networkChanges(owners, new Map([['10.0.0.2', held({ connectionsMax: 1 })]])).wrong.size).toBe(0);
});

test('an address that no site has is forgotten', () => {
  const { unowned } = networkChanges(new Map([['10.0.0.2', site('one')]]), new Map([['10.0.0.9', held()]]));
  expect(unowned).toEqual(['10.0.0.9']);
});
