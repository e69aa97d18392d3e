// What only a comparison without a machine shows: who is at what, and when that is a difference.

import { expect, test } from 'vitest';
import type { Actual } from './actual.ts';
import { compareSets, writeDifference } from './difference.ts';
import { limitDifferences } from './machine-differences.ts';
import type { Wanted } from './wanted.ts';
import { workDifferences } from './way-differences.ts';

const NOTHING: Wanted = {
  ...{ sites: [], checkpoints: [], deployments: [], leases: [], jobs: [], forgottenEnvironments: [] },
  ...{ alive: ['deploy-2-now', 'worker-now'], moved: new Map(), domains: new Map() },
};

test('work of a living process is under way, that of a dead one is left', () => {
  const row = { siteId: 'site', number: 3, status: 'running' as const };
  const wanted = {
    ...NOTHING,
    deployments: [
      { ...row, runner: 'deploy-2-now' },
      { ...row, number: 2, runner: 'deploy-1-dead' },
    ],
    jobs: [
      { key: 'converge:site', lockedBy: 'worker-now' },
      { key: 'rollback:site', lockedBy: 'worker-dead' },
      { key: 'limits:site', lockedBy: null },
    ],
  };
  const told = workDifferences(wanted).map((one) => [writeDifference(one), one.underWay]);
  expect(told).toEqual([
    ['deployment of site, number 3: it is run by deploy-2-now', true],
    ['deployment of site, number 2: it is run by deploy-1-dead', false],
    ['job of converge:site: worker-now has it', true],
    ['job of rollback:site: worker-dead has it', false],
  ]);
});

test('a deployment that is done and not settled is told, whoever has it', () => {
  const done = { siteId: 'site', number: 3, status: 'succeeded' as const, runner: 'deploy-1-dead' };
  expect(workDifferences({ ...NOTHING, deployments: [done] }).map(writeDifference)).toEqual([
    'deployment of site, number 3: deploy-1-dead has not settled it',
  ]);
});

test('an expired lease of a site that is gone is told at once, another one when nobody takes it away', () => {
  const lease = (siteId: string, expiredSeconds: number) => ({ name: `site:${siteId}`, holder: 'x', expiredSeconds });
  const sites = [{ id: 'there', name: 'there', state: 'live', restoringId: null }] as unknown as Wanted['sites'];
  const leases = [lease('gone', 1), lease('gone', -5), lease('there', 60), lease('there', 120)];
  expect(workDifferences({ ...NOTHING, sites, leases }).map(({ of }) => of)).toEqual(['site:gone', 'site:there']);
});

test('limits of an address are nobody’s only where no site of any state has it', () => {
  const failed = [{ id: 'failed', name: 'failed', state: 'failed' }] as unknown as Wanted['sites'];
  const actual = {
    containers: [{ siteId: 'failed', status: 'running', address: '10.213.0.2' }],
    network: new Map(['10.213.0.2', '10.213.0.3'].map((address) => [address, { limits: null, refused: null }])),
  } as unknown as Actual;
  expect(limitDifferences({ ...NOTHING, sites: failed }, actual).map(writeDifference)).toEqual([
    'network limit of 10.213.0.3: no site has this address',
  ]);
});

test('of two sets is told what each lacks', () => {
  expect(compareSets(['a', 'b'], ['b', 'c', 'c'])).toEqual({ missing: ['a'], orphaned: ['c'] });
});
