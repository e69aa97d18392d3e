// The comparison of rows and machine that `npm run doctor` makes can fail: each kind of difference is brought about by hand
// while the workers stand still, is told, and is put right by them within half a minute.

import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { qgroupOf } from '#lib/disk/qgroups.ts';
import { writeDifference } from '#lib/state/difference.ts';
import { compareState } from '#workers/host/compare-state.ts';
import { untilConverged } from '../setup/check-state.ts';
import { query } from '../setup/database.ts';
import { expect, get, launch, remove, type Site, test } from '../setup/fixtures.ts';
import { containerOf, SETTINGS } from '../setup/host-state.ts';
import { askProxy } from '../setup/leftovers.ts';
import { must, run } from '../setup/programs.ts';
import { reportSeconds } from '../setup/report.ts';
import { docker, whileStopped } from '../setup/services.ts';

test.setTimeout(180_000);

const { paths, instance, sitesDomain } = SETTINGS;
const TABLE = `lightkeeper_${instance}`;

const NOBODY = randomUUID();
const NOBODYS_DISK = randomUUID();
const HALF_MADE = randomUUID();
const LOST = randomUUID();

interface Place {
  site: Site;
  id: string;
  containerId: string;
  address: string;
  host: string;
}

interface Fault {
  what: string;
  /** It needs a site of its own, so that it hides no other fault and is hidden by none. */
  alone?: boolean;
  harm: (place: Place) => Promise<unknown>;
  told: (place: Place) => string | RegExp;
}

const FAULTS: Fault[] = [
  {
    what: 'a route is gone',
    alone: true,
    harm: ({ host }) => askProxy(`del map ${paths.proxyMap} ${host}`),
    told: ({ host }) => `route of ${host}: it is missing`,
  },
  {
    what: 'a route leads to another address',
    alone: true,
    harm: ({ host }) => askProxy(`set map ${paths.proxyMap} ${host} 10.224.96.250:8001`),
    told: ({ host }) => `route of ${host}: it leads to 10.224.96.250:8001 instead of`,
  },
  {
    what: 'a route of no site',
    harm: () => askProxy(`add map ${paths.proxyMap} nobodys.localhost 10.224.96.251:8001`),
    told: () => 'route of nobodys.localhost: no site has it',
  },
  {
    what: 'the file of routes is of yesterday',
    alone: true,
    harm: ({ host }) => run('sed', ['-i', `s/^${host} .*/${host} 10.224.96.252:8001/`, paths.proxyMap]),
    told: ({ host }) => `saved route of ${host}: it leads to 10.224.96.252:8001 instead of`,
  },
  {
    what: 'an earlier name of no site',
    harm: () => askProxy(`add map ${paths.movedMap} formerly.localhost http://nobodys.localhost`),
    told: () => 'earlier name of formerly.localhost: no site has it',
  },
  {
    what: 'a container is removed',
    alone: true,
    harm: ({ containerId }) => docker('rm', '--force', containerId),
    told: ({ site }) => `container of ${site.name}: there is none instead of running`,
  },
  {
    what: 'a container is stopped',
    alone: true,
    harm: ({ containerId }) => docker('kill', containerId),
    told: ({ site }) => `container of ${site.name}: it is exited instead of running`,
  },
  {
    what: 'a container is renamed',
    alone: true,
    harm: ({ containerId }) => docker('rename', containerId, `${instance}-renamed`),
    told: ({ containerId }) => `container of ${containerId.slice(0, 12)}: it has our labels and another name`,
  },
  {
    what: 'a copy of a container',
    harm: ({ id, containerId }) => stray(containerId, id, `${instance}-copy`),
    told: () => /^container of [0-9a-f]{12}: it has our labels and another name$/,
  },
  {
    what: 'a container of no site',
    harm: ({ containerId }) => stray(containerId, NOBODY, `${instance}-${NOBODY}`),
    told: () => `container of ${NOBODY}: its site does not exist`,
  },
  {
    what: 'a container of before a change',
    alone: true,
    harm: ({ id }) => query('update "Site" set generation = generation + 1 where id = $1', [id]),
    told: ({ site }) => `container of ${site.name}: it is of generation 1 instead of 2`,
  },
  {
    what: 'a mount is gone',
    alone: true,
    harm: ({ id }) => must('umount', ['--lazy', path.join(paths.mounts, id)]),
    told: ({ site }) => `mount of ${site.name}: nothing is mounted, and its container runs`,
  },
  {
    what: 'a disk of no site',
    harm: () => must('btrfs', ['subvolume', 'create', path.join(paths.pool, 'sites', NOBODYS_DISK)]),
    told: () => `disk of ${NOBODYS_DISK}: its site does not exist`,
  },
  {
    what: 'a disk in the making of no site',
    harm: () => must('btrfs', ['subvolume', 'create', path.join(paths.pool, 'staging', HALF_MADE)]),
    told: () => `disk of ${HALF_MADE}: its site does not exist`,
  },
  {
    what: 'a snapshot that no checkpoint knows',
    harm: async ({ id }) => {
      await mkdir(path.join(paths.pool, 'snapshots', id), { recursive: true });
      await must('btrfs', ['subvolume', 'create', path.join(paths.pool, 'snapshots', id, 'unknown')]);
    },
    told: ({ site }) => `snapshot of ${site.name}: no checkpoint knows unknown`,
  },
  {
    what: 'a checkpoint without its snapshot',
    harm: ({ id }) =>
      query(`insert into "Checkpoint" (id, "siteId", cause, status) values ($1, $2, 'manual', 'ready')`, [LOST, id]),
    told: ({ site }) => `snapshot of ${site.name}: ${LOST} is missing`,
  },
  {
    what: 'a limit of the container is off',
    harm: ({ containerId }) => docker('update', '--pids-limit', '4000', containerId),
    told: ({ site }) => `limit of ${site.name}: The processes limit was 4,000 instead of`,
  },
  {
    what: 'a limit of the disk is off',
    harm: ({ id }) => must('btrfs', ['qgroup', 'limit', 'none', qgroupOf(id), paths.pool]),
    told: ({ site }) => `limit of ${site.name}: The disk limit was off instead of`,
  },
  {
    what: 'the network limits of a site are gone',
    harm: ({ address }) => must('nft', ['delete', 'element', 'inet', TABLE, 'lookups', `{ ${address} }`]),
    told: ({ site }) => `network limit of ${site.name}: it is not in force`,
  },
  {
    what: 'a job of a dead worker',
    harm: async ({ id }) => {
      await query(
        `select graphile_worker.add_job('environment', json_build_object('siteId', $1::text), job_key := $2)`,
        [id, `environment:${id}`],
      );
      await query(
        `update graphile_worker._private_jobs set locked_by = 'worker-dead', locked_at = now() - interval '1 minute'
         where key = $1`,
        [`environment:${id}`],
      );
    },
    told: ({ id }) => `job of environment:${id}: worker-dead has it`,
  },
  {
    what: 'a deployment of a dead worker',
    harm: ({ id }) =>
      query(
        `insert into "Deployment" (id, "siteId", number, cause, runner) values (gen_random_uuid(), $1, 9, 'push', 'deploy-1-dead')`,
        [id],
      ),
    told: ({ site }) => `deployment of ${site.name}, number 9: it is run by deploy-1-dead`,
  },
  {
    what: 'a lease of a site that is gone',
    harm: () =>
      query(`insert into "Lease" (name, holder, "expiresAt") values ($1, 'deploy-1-dead', now() - interval '1 s')`, [
        `site:${NOBODY}`,
      ]),
    told: () => `lease of site:${NOBODY}: deploy-1-dead let it expire`,
  },
  {
    what: 'variables that nobody puts in force',
    alone: true,
    harm: async ({ id }) => {
      await query(`insert into "Environment" ("siteId", revision, sealed) values ($1, 1, '{}')`, [id]);
      await query('update "Site" set "environmentRevision" = 1 where id = $1', [id]);
    },
    told: ({ site }) => `variables of ${site.name}: they were changed, and nobody puts them in force`,
  },
];

test('each difference between rows and machine is told, and put right within half a minute', async () => {
  const places = new Map<string, Place>();
  const shared = await place();
  for (const { what, alone } of FAULTS) places.set(what, alone ? await place() : shared);
  const placeOf = (what: string) => places.get(what) as Place;
  await untilConverged();

  const told = await whileStopped(['deploy', 'keeper'], async () => {
    for (const { what, harm } of FAULTS) await harm(placeOf(what));
    return (await compareState(SETTINGS)).map(writeDifference);
  });
  for (const fault of FAULTS) {
    const words = fault.told(placeOf(fault.what));
    const isTold = told.some((one) => (typeof words === 'string' ? one.startsWith(words) : words.test(one)));
    expect.soft(isTold, `${fault.what}: ${words}\n${told.join('\n')}`).toBe(true);
  }
  const seconds = await untilConverged();

  reportSeconds(`${FAULTS.length} kinds of difference`, seconds);
  for (const { site } of new Set(places.values())) {
    expect((await get(site.address)).body).toContain('Hello from Lightkeeper');
    await remove(site);
  }
  await untilConverged();
});

async function place(): Promise<Place> {
  const site = await launch();
  const { id: containerId, siteId: id, address } = await containerOf(site);
  return { site, id, containerId, address, host: `${site.name}.${sitesDomain}` };
}

/** Made from the image of a container, with the labels that a site's has. */
async function stray(containerId: string, siteId: string, name: string): Promise<void> {
  const image = (await docker('inspect', '--format', '{{.Image}}', containerId)).trim();
  const labels = [`lightkeeper.instance=${instance}`, `lightkeeper.site=${siteId}`, 'lightkeeper.generation=1'];
  await docker('create', '--name', name, ...labels.flatMap((label) => ['--label', label]), image, '/bin/true');
}
