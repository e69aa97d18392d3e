// The deploy worker is killed at each step of waking a site, changing its limits and restoring it: visitors wait and are not
// lost, the limits that were acknowledged are the kernel's, and the disk is the old one or the restored one, never both.

import { type AdminApi, openAdminApi } from '../setup/admin-api.ts';
import { untilConverged } from '../setup/check-state.ts';
import { api, expect, get, type Site, ssh, test } from '../setup/fixtures.ts';
import { killAt, type Moment } from '../setup/gate.ts';
import { containerOf, MB, readKernelLimits } from '../setup/host-state.ts';
import { reportSeconds } from '../setup/report.ts';
import { putToSleep } from '../setup/sleep.ts';

test.setTimeout(90_000);

const SOON = { timeout: 30_000, intervals: [100] };
let admin: AdminApi;

test.beforeAll(async () => {
  admin = await openAdminApi();
});

const WAKE: Moment[] = [
  {
    name: 'when its container runs and no row knows its address',
    table: 'Site',
    event: 'update',
    of: 'address',
    when: `new.address is not null and old.address is null and old.rest = 'stopped'`,
    done: false,
  },
  {
    name: 'before the row says that it is awake',
    table: 'Site',
    event: 'update',
    when: `new.rest = 'awake' and old.rest = 'stopped'`,
    done: false,
  },
  {
    name: 'when the row says that it is awake, and the route does not',
    table: 'Site',
    event: 'update',
    when: `new.rest = 'awake' and old.rest = 'stopped'`,
    done: true,
  },
];

test('a visitor of a sleeping site whose worker is killed at each step of waking it gets the page', async ({
  site,
}) => {
  for (const moment of WAKE) {
    await putToSleep(site, 'stopped');
    await untilConverged();
    const visit = await killAt(moment, async () => ({
      answer: get(site.address).catch((error) => ({ status: 0, body: String(error) })),
    }));
    const since = performance.now();
    const first = await visit.answer;
    expect(first.status === 200 || first.body.includes('did not wake') || first.status === 0, first.body).toBe(true);
    await expect.poll(async () => (await get(site.address)).body, SOON).toContain('Hello from Lightkeeper');
    reportSeconds(`wake, killed ${moment.name}`, await untilConverged(undefined, { since }));
  }
});

const RESIZE: Moment[] = [
  {
    name: 'before anything is set',
    table: 'Lease',
    event: 'insert',
    when: `new.name like 'converge:%' and new.holder like 'deploy-%'`,
    done: true,
  },
  {
    name: 'when all is set and the job not done',
    table: 'Lease',
    event: 'delete',
    when: `old.name like 'converge:%' and old.holder like 'deploy-%'`,
    done: false,
  },
];

test('limits whose worker is killed before and after it sets them are in force', async ({ site }) => {
  await untilConverged();
  for (const [index, moment] of RESIZE.entries()) {
    const limits = { pidsMax: 200 + index, diskBytesMax: (300 + index) * MB, memoryBytesMax: (200 + index) * MB };
    const changed = await killAt(moment, () => admin.ask('PATCH', `/api/admin/sites/${site.name}/limits`, { limits }));
    const since = performance.now();
    expect(changed.status, changed.text).toBe(200);
    const inForce = async () => readKernelLimits((await containerOf(site)).id);
    await expect.poll(inForce, SOON).toMatchObject({ pids: 200 + index, memoryBytes: (200 + index) * MB });
    reportSeconds(`limits, killed ${moment.name}`, await untilConverged(undefined, { since }));
  }
});

const RESTORE: Moment[] = [
  {
    name: 'when visitors have begun to wait',
    table: 'Site',
    event: 'update',
    when: `new.rest = 'stopped' and new."restoringId" is not null`,
    done: true,
  },
  {
    name: 'when the disk is the old one again and no row knows',
    table: 'Site',
    event: 'update',
    of: 'generation',
    when: `new."restoringId" is not null and new.generation > old.generation`,
    done: false,
  },
  {
    name: 'when its container runs',
    table: 'Site',
    event: 'update',
    of: 'address',
    when: `new.address is not null and new."restoringId" is not null and old.address is null`,
    done: true,
  },
  {
    name: 'before the wish is taken back',
    table: 'Site',
    event: 'update',
    when: `new."restoringId" is null and old."restoringId" is not null`,
    done: false,
  },
];

test('a restore whose worker is killed at each of its steps is done, once, and can be taken back', async ({ site }) => {
  test.setTimeout(150_000);
  const write = async (word: string) =>
    expect(await ssh(site, `echo ${word} >/root/word; sync`)).toMatchObject({ code: 0 });
  const read = async () => (await ssh(site, 'cat /root/word')).stdout.trim();
  await write('kept');
  const id = await checkpoint(site);
  for (const [index, moment] of RESTORE.entries()) {
    await write(`later-${index}`);
    await untilConverged();
    const asked = await killAt(moment, () => post(site, `/checkpoints/${id}/restore`, {}));
    const since = performance.now();
    expect(asked.status, await asked.text()).toBe(202);
    reportSeconds(`restore, killed ${moment.name}`, await untilConverged(undefined, { since }));
    expect((await get(site.address)).body).toContain('Hello from Lightkeeper');
    expect(await read()).toBe('kept');
  }
  const list = (await (await api(site, '/checkpoints')).json()) as { checkpoints: { id: string; cause: string }[] };
  const back = list.checkpoints.find(({ cause }) => cause === 'restore');
  expect((await post(site, `/checkpoints/${back?.id}/restore`, {})).status).toBe(202);
  await untilConverged();
  expect(await read()).toBe(`later-${RESTORE.length - 1}`);
});

async function checkpoint(site: Site): Promise<string> {
  expect((await post(site, '/checkpoints', { label: 'kept' })).status).toBe(202);
  let id = '';
  const isReady = async () => {
    const { checkpoints } = (await (await api(site, '/checkpoints')).json()) as {
      checkpoints: { id: string; status: string; cause: string }[];
    };
    const made = checkpoints.find(({ cause }) => cause === 'manual');
    id = made?.id ?? '';
    return made?.status;
  };
  await expect.poll(isReady, SOON).toBe('ready');
  return id;
}

function post(site: Site, place: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return api(site, place, { method: 'POST', body: JSON.stringify(body), headers });
}
