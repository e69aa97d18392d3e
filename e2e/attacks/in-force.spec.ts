// "From the first second": the kernel holds a site's limits before a byte of the tenant's runs, whether the site was
// waiting for the click or is made after it.

import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { qgroupOf, readQgroups } from '#lib/disk/qgroups.ts';
import { expect, launch, remove, type Site, ssh, test } from '../setup/fixtures.ts';
import {
  containerOf,
  type KernelLimits,
  listCgroups,
  readContainer,
  readKernelLimits,
  SETTINGS,
} from '../setup/host-state.ts';

function expected({ limits }: Site): KernelLimits {
  const { cpuMillis } = limits as Site['limits'] & { cpuMillis: number };
  return { memoryBytes: limits.memoryBytes, swapBytes: 0, pids: limits.pids, cpuMillis };
}

async function diskLimit(siteId: string): Promise<number | null> {
  const group = (await readQgroups(SETTINGS.paths.pool)).find(({ id }) => id === qgroupOf(siteId));
  return group?.bytesMax ?? null;
}

test('a site that was just claimed has its limits in the kernel, without swap', async ({ site }) => {
  const { id, siteId, pid } = await containerOf(site);
  expect(await readKernelLimits(id)).toEqual(expected(site));
  expect(await diskLimit(siteId)).toBe(site.limits.diskBytes);
  const seen = await ssh(site, 'cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory.max 2>/dev/null');
  expect(seen.stdout, 'run times size themselves by it').toBe(`${site.limits.memoryBytes}\n`);
  const inside = await ssh(site, 'ulimit -Hn; ulimit -c; ulimit -f; cat /proc/1/oom_score_adj');
  // A file may be as large as any limit that the disk may get while the container runs.
  expect(inside.stdout).toBe(`4096\n0\n${Math.max(site.limits.diskBytes, 64 * 2 ** 30) / 1024}\n500\n`);
  expect(await readFile(`/proc/${pid}/oom_score_adj`, 'utf8')).toBe('500\n');
});

test('a site that is made from nothing has them before its first process is the tenant’s', async () => {
  const seen = new Map<string, { limits: KernelLimits | null; disk: number | null; program: string }>();
  const known = new Set((await listCgroups()).keys());
  let stopped = false;
  const looking = (async () => {
    while (!stopped) {
      for (const [id, pids] of await listCgroups()) {
        if (known.has(id) || seen.has(id) || !pids[0]) continue;
        const program = (await readFile(`/proc/${pids[0]}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
        if (program === '' || program.includes('runc')) continue; // the runtime, still at work on it
        const found = await readContainer(id);
        const disk = found ? await diskLimit(found.siteId) : null;
        seen.set(id, { limits: await readKernelLimits(id), disk, program });
      }
      await sleep(2);
    }
  })();
  // More at once than are waiting, so that some are made from nothing; and the pool is filled again.
  const sites = await Promise.all([launch(), launch(), launch(), launch()]);
  stopped = true;
  await looking;
  const first = sites[0] as Site;
  try {
    expect(seen.size).toBeGreaterThanOrEqual(2);
    for (const { limits, disk } of seen.values()) {
      expect(limits).toEqual(expected(first));
      expect(disk).toBe(first.limits.diskBytes);
    }
    expect([...seen.values()].some(({ program }) => /^\/\.(shell|init) /.test(program))).toBe(true);
  } finally {
    await Promise.all(sites.map((site) => remove(site)));
  }
});

test('every container and every command in one is a key of the same user: there is room for a thousand sites of them', async ({
  site,
}) => {
  const uid = await rootUidOf(site);
  const [line] = (await readFile('/proc/key-users', 'utf8'))
    .split('\n')
    .filter((one) => one.trim().startsWith(`${uid}:`));
  // keyrings(7): keys and bytes, each with its ceiling.
  const [, keysMax, , bytesMax] = (/(\d+)\/(\d+) (\d+)\/(\d+)$/.exec(line ?? '')?.slice(1) ?? []).map(Number);
  expect(keysMax, line).toBeGreaterThan(100_000);
  expect(bytesMax, line).toBeGreaterThan(100 * 100_000);
});

/** Who the site's root is on the host. */
async function rootUidOf(site: Site): Promise<number> {
  return (await stat(`/proc/${(await containerOf(site)).pid}`)).uid;
}
