// What the kernel and the programs print, read into our words.

import { expect, test } from 'vitest';
import { parseMountInfo } from './mount-table.ts';
import { isMountableDirectory, isSiteId, sitePaths, snapshotPath } from './paths.ts';
import { leftQgroups, parseQgroups, qgroupOf } from './qgroups.ts';
import { nestedSubvolumes } from './subvolumes.ts';

const SITE = '00000000-0001-4000-8000-000000000000';
const PLACES = { poolDir: '/pool', mountsDir: '/mounts' };

test('a mount is read with its superblock options and its spaces', () => {
  const text = `27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard
49 27 0:44 / /m/a\\040b rw,nodev - overlay overlay ro,lowerdir=/base,upperdir=/d/upper,workdir=/d/work
broken line
`;
  expect(parseMountInfo(text)).toEqual([
    { mountPoint: '/', device: '254:0', fsType: 'ext4', source: '/dev/vda', options: ['rw', 'discard'] },
    {
      mountPoint: '/m/a b',
      device: '0:44',
      fsType: 'overlay',
      source: 'overlay',
      options: ['ro', 'lowerdir=/base', 'upperdir=/d/upper', 'workdir=/d/work'],
    },
  ]);
});

test('groups are read with usage, limit, parents and whether their subvolume is gone', () => {
  const text = `Qgroupid            Referenced    Exclusive  Max referenced  Max exclusive Parent              Path
--------            ----------    ---------  --------------  ------------- ------              ----
0/5                      16384        16384            none           none -                   <toplevel>
0/256                 52412416     52412416            none           none 1/77                sites/a b
0/300                        0            0            none           none 1/77,1/78           <stale>
1/77                  52412416     52412416        52428800           none -                   <0 member qgroups>
1/78                         0            0            none 1125899906842624 2/1 2/1<1 member qgroup >
`;
  expect(parseQgroups(text)).toEqual([
    { id: '0/5', bytes: 16_384, bytesMax: null, parents: [], retired: false, stale: false },
    { id: '0/256', bytes: 52_412_416, bytesMax: null, parents: ['1/77'], retired: false, stale: false },
    { id: '0/300', bytes: 0, bytesMax: null, parents: ['1/77', '1/78'], retired: false, stale: true },
    { id: '1/77', bytes: 52_412_416, bytesMax: 52_428_800, parents: [], retired: false, stale: false },
    { id: '1/78', bytes: 0, bytesMax: null, parents: ['2/1'], retired: true, stale: false },
  ]);
});

test('a group is left over when its site was removed and the last of its subvolumes is gone', () => {
  const group = { bytes: 0, bytesMax: null, parents: [], retired: false, stale: false };
  const groups = [
    { ...group, id: '0/256', parents: ['1/1'] },
    { ...group, id: '0/257', stale: true },
    { ...group, id: '0/258', stale: true, bytes: 16_384 },
    { ...group, id: '1/1', retired: true },
    { ...group, id: '1/2', retired: true },
    { ...group, id: '1/3' },
    { ...group, id: '2/1' },
  ];
  expect(leftQgroups(groups)).toEqual(['0/257', '1/2']);
});

test('a site has its own group number, which fits 48 bits', () => {
  expect(qgroupOf(SITE)).toBe('1/1');
  expect(qgroupOf(`ffffffff-ffff${SITE.slice(13)}`)).toBe(`1/${2 ** 48 - 1}`);
});

test('subvolumes inside one another are found, innermost first', () => {
  const text = `ID 256 gen 10 top level 5 path sites/a
ID 257 gen 10 top level 256 path sites/a/upper/x
ID 258 gen 10 top level 257 path sites/a/upper/x/y top level 5 path
ID 259 gen 10 top level 5 path sites/b
`;
  expect(nestedSubvolumes(text, 256)).toEqual([258, 257]);
  expect(nestedSubvolumes(text, 259)).toEqual([]);
});

test('only ids and names of ours become paths', () => {
  expect(sitePaths(PLACES, SITE)).toMatchObject({ disk: `/pool/sites/${SITE}`, root: `/mounts/${SITE}` });
  for (const id of ['', '..', `${SITE}/..`, SITE.toUpperCase().replace('0', 'A'), ` ${SITE}`, `${SITE}\n`]) {
    expect(isSiteId(id)).toBe(false);
    expect(() => sitePaths(PLACES, id)).toThrow(/Invariant/);
  }
  expect(snapshotPath(sitePaths(PLACES, SITE), 'before-2')).toBe(`/pool/snapshots/${SITE}/before-2`);
  for (const name of ['', '.', '..', 'a/b', '-rf', 'A', 'a b']) {
    expect(() => snapshotPath(sitePaths(PLACES, SITE), name)).toThrow(/Invariant/);
  }
});

test('directories that would end an overlay option are refused', () => {
  expect(isMountableDirectory('/var/lib/lightkeeper')).toBe(true);
  for (const directory of ['/a,b', '/a:b', '/a\\b', 'relative', ''])
    expect(isMountableDirectory(directory)).toBe(false);
});
