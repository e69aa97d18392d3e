// The deploy worker is killed at each step of a launch and of a delete: nobody's click is lost, every site gets all its parts
// once, and nothing of a deleted one stays.

import { untilConverged } from '../setup/check-state.ts';
import { query } from '../setup/database.ts';
import { api, expect, get, launch, remove, requestLaunch, type Site, test } from '../setup/fixtures.ts';
import { killAt, type Moment } from '../setup/gate.ts';
import { findLeftovers, tracesOf } from '../setup/leftovers.ts';
import { reportSeconds } from '../setup/report.ts';
import { docker } from '../setup/services.ts';
import { TEST_INSTANCE } from '../setup/test-instance.ts';

const READY = Number(TEST_INSTANCE.LIGHTKEEPER_READY_SITES);

const stepDone = (title: string) =>
  `array_to_string(new."launchSteps", ',') like '%${title} (%' and array_to_string(old."launchSteps", ',') not like '%${title} (%'`;
const becomes = (column: string) => `new."${column}" is not null and old."${column}" is null`;

const LAUNCH: Moment[] = [
  {
    name: 'before anything is there',
    table: 'Site',
    event: 'update',
    when: `cardinality(new."launchSteps") = 1 and cardinality(old."launchSteps") = 0`,
    done: false,
  },
  { name: 'when the disk is made', table: 'Site', event: 'update', when: stepDone('Disk with its limit'), done: false },
  {
    name: 'when the container is made and does not run',
    call: /^POST \S*\/containers\/[^/]+\/start/,
    done: false,
  },
  {
    name: 'when the container runs and no row knows its address',
    table: 'Site',
    event: 'update',
    when: `${becomes('address')} and new.state = 'launching'`,
    done: false,
  },
  {
    name: 'when the first release has begun',
    table: 'Deployment',
    event: 'insert',
    when: `new.cause = 'launch'`,
    done: true,
  },
  {
    name: 'before the first release is live',
    table: 'Site',
    event: 'update',
    when: becomes('liveDeploymentId'),
    done: false,
  },
  {
    name: 'when the route is there and the row does not know',
    table: 'Site',
    event: 'update',
    when: becomes('routedName'),
    done: false,
  },
  {
    name: 'before the site is said to be live',
    table: 'Site',
    event: 'update',
    when: `new.state = 'live' and old.state = 'launching'`,
    done: false,
  },
];

for (const moment of LAUNCH) {
  test(`a launch whose worker is killed ${moment.name} ends with one whole site`, async () => {
    await untilReady();
    // The pool answers all clicks but one, which has to wait for its site.
    const clicks = () => Promise.all(Array.from({ length: READY + 1 }, () => requestLaunch()));
    const proof = async () => {
      if ('call' in moment) expect(await containersInTheMaking()).toEqual(['created']);
    };
    const sites = await killAt(ofVisitors(moment), clicks, { proof });
    const since = performance.now();

    reportSeconds(`launch, killed ${moment.name}`, await untilConverged(undefined, { since }));
    for (const site of sites) {
      expect(await (await api(site, '')).json()).toMatchObject({ state: 'live', name: site.name });
      expect((await get(site.address)).body).toContain('Hello from Lightkeeper');
      const made = (await deploymentsOf(site)).filter(({ status }) => status !== 'failed');
      expect(made).toMatchObject([{ status: 'succeeded' }]);
    }
    for (const site of sites) await remove(site);
  });
}

interface Delete {
  moment: Moment;
  /** What the host still has of the site at the kill, and what it has no more. */
  has: string[];
  lacks: string[];
}

const DELETE: Delete[] = [
  {
    moment: {
      name: 'when its route is gone',
      table: 'Lease',
      event: 'insert',
      when: `new.name like 'site:%' and new.holder like 'deploy-%'`,
      done: false,
    },
    has: ['container', 'mount', 'disk', 'row of Site'],
    lacks: ['route'],
  },
  {
    moment: {
      name: 'when its container is gone and its disk is there',
      call: /^DELETE \S*\/containers\//,
      done: true,
    },
    has: ['mount', 'disk', 'row of Site'],
    lacks: ['route', 'container'],
  },
  {
    moment: {
      name: 'when all but its row is gone',
      table: 'Site',
      event: 'update',
      when: `old."liveDeploymentId" is not null and new."liveDeploymentId" is null`,
      done: false,
    },
    has: ['row of Site', 'row of Deployment'],
    lacks: ['route', 'container', 'mount', 'disk'],
  },
  {
    moment: { name: 'while its row is being deleted', table: 'Site', event: 'delete', when: 'true', done: true },
    has: ['row of Site'],
    lacks: ['route', 'container', 'mount', 'disk'],
  },
];

for (const { moment, has, lacks } of DELETE) {
  test(`a site whose worker is killed in its delete ${moment.name} goes without a trace`, async () => {
    const site = await launch();
    const traces = await tracesOf(site);
    await untilConverged();
    const proof = async () => {
      const left = await findLeftovers(site, traces);
      expect(left).toEqual(expect.arrayContaining(has));
      expect(lacks.filter((part) => left.includes(part))).toEqual([]);
    };
    await killAt(moment, () => remove(site), { proof });
    const since = performance.now();

    const told = await api(site, '');
    if (told.ok) expect(await told.json()).toMatchObject({ state: 'deleting' });
    reportSeconds(`delete, killed ${moment.name}`, await untilConverged(undefined, { since }));
    expect((await api(site, '')).status).toBe(404);
    expect(await findLeftovers(site, traces)).toEqual([]);
  });
}

async function untilReady(): Promise<void> {
  const ready = async () =>
    (await query<{ id: string }>(`select id from "Site" where "ownerId" is null and state = 'live'`)).length;
  await expect.poll(ready, { timeout: 60_000, intervals: [200] }).toBe(READY);
}

/** Not those of the pool. */
function ofVisitors(moment: Moment): Moment {
  const isOfSite = 'table' in moment && moment.table === 'Site';
  return isOfSite ? { ...moment, when: `new."ownerId" is not null and ${moment.when}` } : moment;
}

/** The states of the containers of sites that a visitor waits for. */
async function containersInTheMaking(): Promise<string[]> {
  const sites = await query<{ id: string }>(
    `select id from "Site" where "ownerId" is not null and state = 'launching'`,
  );
  const filters = sites.flatMap(({ id }) => ['--filter', `label=lightkeeper.site=${id}`]);
  return (await docker('ps', '--all', ...filters, '--format', '{{.State}}')).split('\n').filter(Boolean);
}

async function deploymentsOf(site: Site) {
  return query<{ number: number; status: string }>(
    `select d.number, d.status::text from "Deployment" d join "Site" s on s.id = d."siteId" where s.name = $1 order by 1`,
    [site.name],
  );
}
