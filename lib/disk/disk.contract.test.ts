// The guarantees of a site's disk, on the real kernel and for both kinds.

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, lstat, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Disk, DiskLimits } from './disk.ts';
import { DISK_MOUNTS } from './disk.ts';
import { mountsAt } from './mount-table.ts';
import { qgroupOf, readQgroups } from './qgroups.ts';
import { DiskCommandError, run } from './run.ts';
import { openTestPool, type TestPool } from './test-pool.ts';

const MB = 1 << 20;
const LIMITS: DiskLimits = { diskBytesMax: 96 * MB, inodesMax: 4_000, held: false };
/** Node has no name for EDQUOT, 122. */
const FULL = /Disk quota exceeded|No space left|system error -122|ENOSPC/;

describe.each<Disk['kind']>(['btrfs', 'ext4'])('a disk of kind %s', (kind) => {
  /** Guarantees that only one kind gives: the other has no such test, rather than one that is passed over. */
  const onBtrfs: (title: string, work: () => Promise<void>) => void = kind === 'btrfs' ? test : () => {};
  let pool: TestPool;
  let disk: Disk;

  beforeAll(async () => {
    pool = await openTestPool(kind);
    disk = pool.disk;
  });
  afterEach(async () => {
    for (const siteId of await disk.list()) await disk.destroy(siteId);
  });
  afterAll(() => pool?.close());

  async function launch(limits = LIMITS) {
    const siteId = randomUUID();
    await disk.create(siteId, limits);
    return { siteId, ...(await disk.mount(siteId)) };
  }

  /** Writes through the merged mount until something stops it, and answers how many bytes went in. */
  async function fill(file: string, megabytes = 4_000): Promise<{ bytes: number; stopped: string | null }> {
    const command = ['if=/dev/zero', `of=${file}`, 'bs=64K', `count=${megabytes * 16}`, 'oflag=append', 'conv=notrunc'];
    const stopped = await run('dd', command, { timeoutMs: 60_000 }).then(
      () => null,
      (error) => (error instanceof DiskCommandError ? error.stderr : String(error)),
    );
    const bytes = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    return { bytes, stopped };
  }

  async function bytesUsed(siteId: string): Promise<number> {
    await run('sync', ['--file-system', pool.deps.poolDir]);
    return (await disk.usage(siteId))?.bytes ?? Number.NaN;
  }

  /** ext4 wants CAP_SYS_RESOURCE (24) for it, which root in a sandbox may lack. */
  async function mayResizeOnline(): Promise<boolean> {
    const capabilities = /^CapEff:\s+([0-9a-f]+)$/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0';
    return ((BigInt(`0x${capabilities}`) >> 24n) & 1n) === 1n;
  }

  async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(200)) {
      if (await condition()) return;
    }
    throw new Error(`waited a minute for: ${what}`);
  }

  test('gives the base, writable, and a repository that only the git user enters', async () => {
    const { root, repository } = await launch();
    expect(await readFile(`${root}/etc/motd`, 'utf8')).toBe('base\n');
    for (const name of DISK_MOUNTS) await writeFile(`${root}/${name}/own`, name);
    expect(await lstat(root)).toMatchObject({ uid: 100_000, gid: 100_000, mode: 0o040755 });
    expect(await lstat(repository)).toMatchObject({ uid: 12_345, gid: 12_346, mode: 0o040700 });
    const top = await lstat(repository.replace(/\/git$/, ''));
    expect(top).toMatchObject({ uid: 0, gid: 12_346, mode: 0o040750 });
    expect(existsSync(`${root}/git`)).toBe(false);
  });

  test('costs under a megabyte while nothing is written', async () => {
    const before = (await disk.pool()).bytesFree;
    const { siteId } = await launch();
    await run('sync', ['--file-system', pool.deps.poolDir]);
    if (kind === 'btrfs') expect(await bytesUsed(siteId)).toBeLessThan(MB);
    expect(before - (await disk.pool()).bytesFree).toBeLessThan(MB);
  });

  test('stops writing at its limit, and not before', async () => {
    const { siteId, root } = await launch();
    const { bytes, stopped } = await fill(`${root}/root/fill`);
    expect(stopped).toMatch(FULL);
    expect(bytes).toBeLessThanOrEqual(LIMITS.diskBytesMax);
    expect(bytes).toBeGreaterThan(0.85 * LIMITS.diskBytesMax);
    const used = await bytesUsed(siteId);
    expect(used).toBeLessThanOrEqual(LIMITS.diskBytesMax);
    expect(used).toBeGreaterThan(0.97 * LIMITS.diskBytesMax);
    expect((await disk.pool()).bytesFree).toBeGreaterThan(200 * MB);
  });

  test('counts the repository in the same number', async () => {
    const { root, repository } = await launch();
    await fill(`${repository}/pack`, 50);
    const { bytes, stopped } = await fill(`${root}/srv/fill`);
    expect(stopped).toMatch(FULL);
    expect(bytes).toBeLessThan(LIMITS.diskBytesMax - 49 * MB);
  });

  test('stops a flood of tiny files, and the owner can delete them', async () => {
    const { root } = await launch({ ...LIMITS, diskBytesMax: 32 * MB, inodesMax: 2_000 });
    await mkdir(`${root}/root/tiny`);
    let count = 0;
    const flood = async () => {
      for (; count < 200_000; count += 1) await writeFile(`${root}/root/tiny/${count}`, 'x'.repeat(1_000));
    };
    await expect(flood()).rejects.toThrow(FULL);
    expect(count).toBeGreaterThan(1_000);
    await rm(`${root}/root/tiny`, { recursive: true });
    await writeFile(`${root}/root/after`, 'ok');
  });

  test('counts a file that was deleted and is still open', async () => {
    const { siteId, root } = await launch();
    const handle = await open(`${root}/var/hidden`, 'w');
    await fill(`${root}/var/hidden`, 80);
    await rm(`${root}/var/hidden`);
    expect(await bytesUsed(siteId)).toBeGreaterThan(80 * MB);
    expect((await fill(`${root}/var/more`)).bytes).toBeLessThan(16 * MB);
    await handle.close();
    await rm(`${root}/var/more`);
    await until(async () => (await bytesUsed(siteId)) < 20 * MB, 'the space of the closed file');
  });

  test('takes new content after a deletion, over and over', async () => {
    const { root } = await launch();
    for (let round = 0; round < 3; round += 1) {
      expect((await fill(`${root}/opt/fill`)).stopped).toMatch(FULL);
      await rm(`${root}/opt/fill`);
      expect((await fill(`${root}/opt/fits`, 60)).stopped).toBeNull();
      await rm(`${root}/opt/fits`);
    }
  });

  test('can be mounted again when it is full, and emptied then', async () => {
    const { siteId, root } = await launch();
    await fill(`${root}/root/fill`);
    await writeFile(`${root}/root/last`, 'x'.repeat(5_000)).catch(() => {}); // Filled to the last byte, or this fails.
    for (let round = 0; round < 3; round += 1) {
      await disk.unmount(siteId);
      await disk.mount(siteId);
      expect((await fill(`${root}/root/more`)).bytes).toBeLessThan(2 * MB);
    }
    await rm(`${root}/root/fill`);
    await writeFile(`${root}/root/after`, 'ok');
    expect(await bytesUsed(siteId)).toBeLessThan(30 * MB);
    expect((await fill(`${root}/root/fill`)).bytes).toBeLessThanOrEqual(LIMITS.diskBytesMax);
  });

  test('leaves the neighbour alone when it is full', async () => {
    const [full, neighbour] = [await launch(), await launch()];
    await fill(`${full.root}/root/fill`);
    const before = await bytesUsed(neighbour.siteId);
    expect((await fill(`${neighbour.root}/root/file`, 40)).stopped).toBeNull();
    expect((await bytesUsed(neighbour.siteId)) - before).toBeGreaterThan(39 * MB);
  });

  test('grows while it is in use', async () => {
    const { siteId, root } = await launch();
    expect((await fill(`${root}/root/fill`)).stopped).toMatch(FULL);
    const larger = { ...LIMITS, diskBytesMax: 160 * MB };
    if (kind === 'ext4' && !(await mayResizeOnline())) {
      await expect(disk.resize(siteId, larger)).rejects.toMatchObject({ code: 'site-not-ready' });
      await disk.unmount(siteId);
    }
    await disk.resize(siteId, larger);
    await disk.mount(siteId);
    const { bytes, stopped } = await fill(`${root}/root/fill`);
    expect(stopped).toMatch(FULL);
    expect(bytes).toBeGreaterThan(140 * MB);
    expect(bytes).toBeLessThanOrEqual(160 * MB);
  });

  onBtrfs('tells the limits in force of all sites, also one that somebody took away', async () => {
    const [one, other] = [await launch(), await launch({ ...LIMITS, diskBytesMax: 64 * MB })];
    await disk.resize(one.siteId, { ...LIMITS, diskBytesMax: 80 * MB });
    const before = await disk.limits();
    expect([before.get(one.siteId), before.get(other.siteId)]).toEqual([80 * MB, 64 * MB]);
    await run('btrfs', ['qgroup', 'limit', 'none', qgroupOf(one.siteId), pool.deps.poolDir]);
    expect((await disk.limits()).get(one.siteId)).toBeNull();
  });

  test('shrinks', async () => {
    const { siteId, root } = await launch();
    await fill(`${root}/root/fill`, 40);
    const smaller = { ...LIMITS, diskBytesMax: 64 * MB };
    if (kind === 'ext4') {
      await expect(disk.resize(siteId, smaller)).rejects.toMatchObject({ code: 'site-not-ready' });
      await disk.unmount(siteId);
      await expect(disk.resize(siteId, { ...LIMITS, diskBytesMax: 30 * MB })).rejects.toMatchObject({
        code: 'disk-full',
      });
    }
    await disk.resize(siteId, smaller);
    await disk.mount(siteId);
    expect((await stat(`${root}/root/fill`)).size).toBe(40 * MB);
    const { bytes, stopped } = await fill(`${root}/root/fill`);
    expect(stopped).toMatch(FULL);
    expect(bytes).toBeLessThanOrEqual(64 * MB);
  });

  onBtrfs('only lets delete when its limit went below its use, also after a new mount', async () => {
    const { siteId, root } = await launch();
    await fill(`${root}/root/fill`, 60);
    await bytesUsed(siteId);
    await disk.resize(siteId, { ...LIMITS, diskBytesMax: 20 * MB });
    await expect(writeFile(`${root}/root/more`, 'x')).rejects.toThrow(FULL);
    await disk.unmount(siteId);
    await disk.mount(siteId);
    expect((await fill(`${root}/root/fill`)).bytes).toBeLessThan(61 * MB);
    await rm(`${root}/root/fill`);
    await bytesUsed(siteId);
    expect((await fill(`${root}/root/fits`, 10)).stopped).toBeNull();
  });

  test('tells the usage of all with one call', async () => {
    const sites = await Promise.all([10, 20, 30].map(async (megabytes) => ({ megabytes, ...(await launch()) })));
    const before = await disk.usageOfAll();
    for (const { root, megabytes } of sites) await fill(`${root}/app/file`, megabytes);
    await run('sync', ['--file-system', pool.deps.poolDir]);
    const after = await disk.usageOfAll();
    for (const { siteId, megabytes } of sites) {
      const grown = (after.get(siteId)?.bytes ?? 0) - (before.get(siteId)?.bytes ?? 0);
      expect(Math.abs(grown - megabytes * MB)).toBeLessThan(MB);
    }
    await disk.unmount(sites[0]?.siteId ?? '');
    const resting = (await disk.usageOfAll()).get(sites[0]?.siteId ?? '')?.bytes ?? 0;
    expect(Math.abs(resting - (after.get(sites[0]?.siteId ?? '')?.bytes ?? 0))).toBeLessThan(MB);
    expect([...after.keys()].sort()).toEqual((await disk.list()).sort());
  });

  test('counts every file, link and directory once, and sees deletions within seconds', async () => {
    const { siteId, root, repository } = await launch({ ...LIMITS, inodesMax: 20_000 });
    const inodes = async () => (await disk.usage(siteId))?.inodes ?? null;
    await mkdir(`${root}/root/many`);
    await until(async () => (await inodes()) !== null, 'the first count');
    const before = (await inodes()) ?? 0;
    expect(before).toBeLessThan(40);
    for (let file = 0; file < 5_000; file += 1) await writeFile(`${root}/root/many/${file}`, '');
    await until(async () => (await inodes()) === before + 5_000, 'the new files to be counted');
    await link(`${root}/root/many/1`, `${root}/root/linked`);
    await writeFile(`${repository}/HEAD`, 'ref');
    await until(async () => (await inodes()) === before + 5_001, 'the file of the repository, and no more for a link');
    await rm(`${root}/root/many`, { recursive: true });
    await until(async () => (await inodes()) === before + 1, 'the deletion to be counted');
  });

  onBtrfs('does not count what snapshots hold', async () => {
    const { siteId, root } = await launch();
    await disk.snapshot(siteId, 'kept');
    await writeFile(`${root}/root/file`, 'x');
    const counted = async () => (await disk.usage(siteId))?.inodes ?? 0;
    await until(async () => (await counted()) > 0, 'the first count');
    expect(await counted()).toBeLessThan(40);
  });

  onBtrfs('does not grow while it is held, lets delete, and grows again when it is released', async () => {
    const { siteId, root } = await launch();
    await fill(`${root}/root/fill`, 30);
    await mkdir(`${root}/root/many`);
    for (let file = 0; file < 500; file += 1) await writeFile(`${root}/root/many/${file}`, 'x'.repeat(1_000));
    await bytesUsed(siteId);
    await disk.resize(siteId, { ...LIMITS, held: true });
    await expect(writeFile(`${root}/root/more`, 'x')).rejects.toThrow(FULL);
    await rm(`${root}/root/fill`);
    await bytesUsed(siteId);
    const again = pool.reopen(); // As after a restart of the worker: what was freed is not to be filled again.
    await again.create(siteId, { ...LIMITS, held: true });
    await disk.unmount(siteId);
    await again.mount(siteId);
    expect((await fill(`${root}/root/fill`, 30)).bytes).toBeLessThan(2 * MB);
    await rm(`${root}/root/many`, { recursive: true });
    await disk.resize(siteId, LIMITS);
    expect((await fill(`${root}/root/fill`, 30)).stopped).toBeNull();
  });

  test('shows written data in the usage within seconds, without a sync', async () => {
    const { siteId, root } = await launch();
    await fill(`${root}/app/file`, 30);
    await until(async () => ((await disk.usage(siteId))?.bytes ?? 0) > 30 * MB, 'the usage to show the file');
  });

  test('keeps a snapshot, puts it back, and counts right afterwards', async () => {
    const { siteId, root } = await launch();
    await mkdir(`${root}/etc/gone-in-base`);
    await rm(`${root}/etc/motd`);
    await fill(`${root}/root/old`, 30);
    await disk.snapshot(siteId, 'before');
    await disk.snapshot(siteId, 'before');
    await rm(`${root}/root/old`);
    await writeFile(`${root}/root/new`, 'new');
    await expect(disk.restore(siteId, 'before')).rejects.toThrow(/mounted/);
    await disk.unmount(siteId);
    await disk.restore(siteId, 'before');
    await disk.mount(siteId);
    expect((await readdir(`${root}/root`)).sort()).toEqual(['old']);
    expect(existsSync(`${root}/etc/motd`)).toBe(false);
    await disk.dropSnapshot(siteId, 'before');
    await disk.dropSnapshot(siteId, 'before');
    expect(await disk.snapshots(siteId)).toEqual([]);
    expect(await bytesUsed(siteId)).toBeGreaterThan(30 * MB);
    expect((await fill(`${root}/root/fill`)).bytes).toBeLessThan(LIMITS.diskBytesMax - 29 * MB);
    await rm(`${root}/root/fill`);
    await rm(`${root}/root/old`);
    await until(async () => (await bytesUsed(siteId)) < 20 * MB, 'the restored content to be uncharged');
    expect((await fill(`${root}/root/fits`, 60)).stopped).toBeNull();
  });

  test('lists its snapshots', async () => {
    const { siteId } = await launch();
    await disk.snapshot(siteId, 'one');
    await disk.snapshot(siteId, 'two');
    expect((await disk.snapshots(siteId)).sort()).toEqual(['one', 'two']);
  });

  test('says what its snapshots hold, each for itself and all together', async () => {
    const { siteId, root } = await launch();
    expect(await disk.heldBySnapshots(siteId)).toEqual({ bytes: 0, each: new Map() });
    await fill(`${root}/root/both`, 10);
    await fill(`${root}/root/first`, 5);
    await disk.snapshot(siteId, 'one');
    await rm(`${root}/root/first`);
    await disk.snapshot(siteId, 'two');
    await rm(`${root}/root/both`);
    await fill(`${root}/root/live`, 20);
    const held = await disk.heldBySnapshots(siteId);
    // An ext4 snapshot is a copy, with a file system's own blocks.
    const own = kind === 'btrfs' ? { one: 5, two: 0, all: 15 } : { one: 15, two: 10, all: 25 };
    const isAbout = (bytes: number | undefined, megabytes: number) =>
      expect(Math.abs((bytes ?? Number.NaN) / MB - megabytes)).toBeLessThan(kind === 'btrfs' ? 0.1 : 40);
    isAbout(held?.each.get('one'), own.one);
    isAbout(held?.each.get('two'), own.two);
    isAbout(held?.bytes, own.all);
    await disk.dropSnapshot(siteId, 'one');
    isAbout((await disk.heldBySnapshots(siteId))?.each.get('two'), 10);
  });

  onBtrfs('is held no longer by snapshots that are dropped, although it was full', async () => {
    const { siteId, root } = await launch();
    await fill(`${root}/root/old`, 40);
    await disk.snapshot(siteId, 'kept');
    await rm(`${root}/root/old`);
    expect((await fill(`${root}/root/new`)).stopped).toMatch(FULL);
    expect((await stat(`${root}/root/new`)).size).toBeLessThan(LIMITS.diskBytesMax - 39 * MB);
    await disk.dropSnapshot(siteId, 'kept');
    await until(async () => (await fill(`${root}/root/more`, 30)).stopped === null, 'the space of the snapshot');
  });

  onBtrfs('counts the files of the disk, and not those of its snapshots', async () => {
    const { siteId, root } = await launch();
    await mkdir(`${root}/root/many`);
    for (let index = 0; index < 300; index += 1) await writeFile(`${root}/root/many/${index}`, '');
    await until(async () => ((await disk.usage(siteId))?.inodes ?? 0) > 300, 'the files to be counted');
    const before = (await disk.usage(siteId))?.inodes ?? 0;
    for (const name of ['one', 'two', 'three']) await disk.snapshot(siteId, name);
    await disk.unmount(siteId);
    await disk.restore(siteId, 'two');
    await disk.mount(siteId);
    await until(async () => (await pool.reopen().usage(siteId))?.inodes !== undefined, 'another count');
    const again = pool.reopen();
    await until(async () => ((await again.usage(siteId))?.inodes ?? 0) > 0, 'the files to be counted again');
    expect(Math.abs(((await again.usage(siteId))?.inodes ?? 0) - before)).toBeLessThan(5);
  });

  onBtrfs('takes a snapshot, and puts it back, while it is full', async () => {
    const { siteId, root } = await launch();
    await writeFile(`${root}/root/kept`, 'kept');
    await disk.snapshot(siteId, 'before');
    expect((await fill(`${root}/root/fill`)).stopped).toMatch(FULL);
    await disk.snapshot(siteId, 'full');
    await disk.unmount(siteId);
    await disk.restore(siteId, 'before');
    await disk.mount(siteId);
    expect(await readdir(`${root}/root`)).toEqual(['kept']);
    await disk.unmount(siteId);
    await disk.restore(siteId, 'full');
    await disk.mount(siteId);
    expect((await readdir(`${root}/root`)).sort()).toEqual(['fill', 'kept']);
  });

  test('is copied from a snapshot, whatever became of the disk since', async () => {
    const { siteId, root } = await launch();
    await writeFile(`${root}/root/then`, 'then');
    await disk.snapshot(siteId, 'then');
    await rm(`${root}/root/then`);
    const copy = randomUUID();
    await disk.clone(siteId, copy, LIMITS, 'then');
    expect(await readdir(`${(await disk.mount(copy)).root}/root`)).toEqual(['then']);
    expect(await disk.snapshots(copy)).toEqual([]);
  });

  test('is copied into a new site, which pays for all it has', async () => {
    const { siteId, root, repository } = await launch();
    await rm(`${root}/etc`, { recursive: true });
    await mkdir(`${root}/etc`);
    await writeFile(`${root}/etc/own`, 'own');
    await writeFile(`${repository}/HEAD`, 'ref');
    await fill(`${root}/root/file`, 30);
    const copy = randomUUID();
    await disk.clone(siteId, copy, LIMITS);
    await disk.clone(siteId, copy, LIMITS);
    await disk.destroy(siteId);
    const cloned = await disk.mount(copy);
    expect(await readdir(`${cloned.root}/etc`)).toEqual(['own']);
    expect(await readFile(`${cloned.repository}/HEAD`, 'utf8')).toBe('ref');
    expect(await bytesUsed(copy)).toBeGreaterThan(30 * MB);
    expect((await fill(`${cloned.root}/root/fill`)).bytes).toBeLessThan(LIMITS.diskBytesMax - 29 * MB);
  });

  test('gives its space back when it is destroyed, even while something holds it', async () => {
    const { siteId, root } = await launch();
    await fill(`${root}/root/fill`, 80);
    await disk.snapshot(siteId, 'kept');
    await run('sync', ['--file-system', pool.deps.poolDir]);
    const full = (await disk.pool()).bytesFree;
    const handle = await open(`${root}/root/fill`);
    await disk.destroy(siteId);
    expect(await disk.list()).not.toContain(siteId);
    expect(await mountsAt(root)).toEqual([]);
    await handle.close();
    await until(async () => (await disk.pool()).bytesFree > full + 70 * MB, 'the space of the destroyed disk');
    await disk.destroy(siteId);
    expect(await disk.usage(siteId)).toBeNull();
  });

  test('refuses to make a subvolume through the overlay', async () => {
    const { root } = await launch();
    const create =
      'open(my $d,"<",$ARGV[0]) or die; my $a=pack("qZ4088",0,"esc"); ioctl($d,0x5000940E,$a) and exit 0; exit $!;';
    const ENOTTY = 25;
    expect((await run('perl', ['-e', create, `${root}/root`], { allow: [ENOTTY] })).exitCode).toBe(ENOTTY);
  });

  test('may be created and mounted twice', async () => {
    const { siteId, root } = await launch();
    await writeFile(`${root}/root/file`, 'kept');
    const again = pool.reopen();
    await again.create(siteId, LIMITS);
    await again.mount(siteId);
    expect(await mountsAt(root)).toHaveLength(1);
    expect(await readFile(`${root}/root/file`, 'utf8')).toBe('kept');
    await disk.unmount(siteId);
    await disk.unmount(siteId);
    expect(existsSync(root)).toBe(false);
  });

  test('replaces a mount that is not its own', async () => {
    const { siteId, root } = await launch();
    await disk.unmount(siteId);
    await mkdir(root);
    await run('mount', ['-t', 'tmpfs', 'wrong', root]);
    await disk.mount(siteId);
    expect((await mountsAt(root)).map(({ fsType }) => fsType)).toEqual(['overlay']);
  });

  test('keeps the base it was made on when a newer one comes', async () => {
    const { siteId, root } = await launch();
    await disk.unmount(siteId);
    const { baseDir } = pool.deps;
    await mkdir(`${baseDir}-newer`, { recursive: true });
    pool.deps.baseDir = `${baseDir}-newer`;
    try {
      await pool.reopen().mount(siteId);
      expect(await readFile(`${root}/etc/motd`, 'utf8')).toBe('base\n');
    } finally {
      pool.deps.baseDir = baseDir;
    }
  });

  /** What a creation leaves that was killed before its end. */
  async function makeHalf(): Promise<string> {
    const siteId = randomUUID();
    const { poolDir } = pool.deps;
    if (kind === 'ext4') await writeFile(`${poolDir}/images/${siteId}.img.new`, 'half');
    else {
      await mkdir(`${poolDir}/staging`, { recursive: true });
      await run('btrfs', ['subvolume', 'create', `${poolDir}/staging/${siteId}`]);
    }
    return siteId;
  }

  test('is made whole after a creation that was killed half-way', async () => {
    const siteId = await makeHalf();
    expect(await disk.list(), 'whoever clears away finds it').toContain(siteId);
    expect((await disk.limits()).has(siteId), 'nobody may write on it yet').toBe(false);
    expect((await disk.usageOfAll()).has(siteId)).toBe(false);
    await disk.create(siteId, LIMITS);
    expect(await disk.mounted()).not.toContain(siteId);
    const { root } = await disk.mount(siteId);
    expect(await disk.mounted()).toContain(siteId);
    expect((await fill(`${root}/root/fill`)).stopped).toMatch(FULL);
    expect(await bytesUsed(siteId)).toBeLessThanOrEqual(LIMITS.diskBytesMax);
  });

  test('is gone when a creation that was killed half-way is destroyed', async () => {
    const siteId = await makeHalf();
    await disk.destroy(siteId);
    expect(await disk.list()).not.toContain(siteId);
  });

  onBtrfs('is whole after a restore that was killed at its worst moment', async () => {
    const { siteId, root } = await launch();
    await writeFile(`${root}/root/kept`, 'kept');
    await disk.unmount(siteId);
    const { poolDir } = pool.deps;
    await run('btrfs', [
      'subvolume',
      'snapshot',
      `${poolDir}/sites/${siteId}`,
      `${poolDir}/staging/${siteId}.restored`,
    ]);
    await rename(`${poolDir}/sites/${siteId}`, `${poolDir}/staging/${siteId}.trash`);
    expect(await disk.list()).toContain(siteId);
    await disk.create(siteId, LIMITS);
    await disk.mount(siteId);
    expect(await readFile(`${root}/root/kept`, 'utf8')).toBe('kept');
    expect((await fill(`${root}/root/fill`)).bytes).toBeLessThanOrEqual(LIMITS.diskBytesMax);
    expect(existsSync(`${poolDir}/staging/${siteId}.trash`)).toBe(false);
  });

  onBtrfs('counts and destroys a subvolume that got inside somehow', async () => {
    const { siteId, root } = await launch();
    const inside = `${pool.deps.poolDir}/sites/${siteId}/upper/root/inside`;
    await writeFile(`${root}/root/file`, 'x');
    await run('btrfs', ['subvolume', 'create', inside]);
    expect((await fill(`${inside}/fill`)).bytes).toBeLessThanOrEqual(LIMITS.diskBytesMax);
    await disk.destroy(siteId);
    expect(await disk.list()).not.toContain(siteId);
  });

  onBtrfs('cannot take the reserve of the pool, not even with others together', async () => {
    await until(async () => {
      await disk.pool();
      const all = (await readQgroups(pool.deps.poolDir)).find(({ id }) => id === '2/1');
      return (all?.bytes ?? 0) < MB;
    }, 'the space of the destroyed disks');
    const promised = { ...LIMITS, diskBytesMax: 900 * MB };
    const [one, two] = [await launch(promised), await launch(promised)];
    expect((await fill(`${one.root}/root/fill`, 800)).stopped).toBeNull();
    expect((await fill(`${two.root}/root/fill`)).stopped).toMatch(FULL);
    await run('sync', ['--file-system', pool.deps.poolDir]);
    expect((await disk.pool()).bytesFree).toBeGreaterThan(150 * MB);
    const refused = randomUUID();
    await expect(disk.create(refused, LIMITS)).rejects.toMatchObject({ code: 'host-full' });
    await disk.destroy(refused);
    await disk.unmount(one.siteId);
    await disk.mount(one.siteId);
    await rm(`${one.root}/root/fill`);
    await rm(`${two.root}/root/fill`);
    await writeFile(`${two.root}/root/after`, 'ok');
  });

  test('refuses an id that is none', async () => {
    for (const id of ['../etc', '', 'A'.repeat(36)]) {
      await expect(disk.create(id, LIMITS)).rejects.toThrow(/Invariant/);
      await expect(async () => disk.destroy(id)).rejects.toThrow(/Invariant/);
    }
    const { siteId } = await launch();
    await expect(disk.snapshot(siteId, '../out')).rejects.toThrow(/Invariant/);
  });

  test('leaves nothing behind', async () => {
    const { siteId } = await launch();
    await disk.snapshot(siteId, 'kept');
    await disk.destroy(siteId);
    expect(await disk.list()).toEqual([]);
    expect(await readdir(pool.deps.mountsDir)).toEqual([]);
    expect(await readdir(`${pool.deps.poolDir}/staging`)).toEqual([]);
    if (kind !== 'btrfs') return;
    await until(async () => {
      await disk.usageOfAll();
      const groups = await readQgroups(pool.deps.poolDir);
      return groups.every(({ id }) => id === '0/5' || id.startsWith('2/'));
    }, 'all groups to go');
  });
});
