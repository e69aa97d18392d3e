// An instance's life: it comes up beside another one and from any half-done state, it survives the death of each of its
// processes and of all of them, and it goes without a trace. Its sites are afterwards what they were before.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseSettings } from '#lib/env.ts';
import { PROJECT_DIR } from '#workers/host/runtime.ts';
import { untilConverged } from './setup/check-state.ts';
import { APP_URL, expect, get, launch, remove, type Site, ssh, status, test, watch } from './setup/fixtures.ts';
import { must, run } from './setup/programs.ts';
import { reportSeconds } from './setup/report.ts';
import {
  command,
  docker,
  killEverything,
  launchSecond,
  pidOf,
  reboot,
  SECOND,
  SECOND_URL,
  whatIsLeft,
} from './setup/second-instance.ts';
import { SERVICES } from './setup/service-names.ts';
import { SECOND_INSTANCE, TEST_INSTANCE } from './setup/test-instance.ts';

test.describe.configure({ mode: 'serial' });
test.setTimeout(180_000);

/** Printed, so that a failure can be seen again: LIFECYCLE_SEED=… */
const seed = Number(process.env.LIFECYCLE_SEED ?? Date.now() % 1_000_000);
const random = generator(seed);

let workspace: string;
/** `before`: what the release before said. */
let sites: { site: Site; greeting: string; before: string; clone: string }[];

test.beforeAll(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-lifecycle-'));
  expect(await command('down', ['--purge'])).toMatchObject({ code: 0 });
});
test.afterAll(async () => {
  await command('down', ['--purge']);
  await rm(workspace, { recursive: true, force: true });
});

test('an `up` that is killed at a random moment is finished by the next one', async () => {
  await killedUp(6_000);
  const up = await command('up', ['--json']);
  expect(up, up.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(up.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    appUrl: SECOND_URL,
    httpPort: SECOND.httpPort,
    sshGatewayPort: SECOND.sshGatewayPort,
    sshPorts: SECOND.sshPorts,
    adminSecret: expect.stringMatching(/^[\w-]{16}$/),
  });
  expect(up.stderr).toMatch(/\d\.\d s {3}Pool for the disks\n/);
  sites = [];
  for (const number of [1, 2]) {
    const site = await launchSecond();
    const clone = path.join(workspace, `site${number}`);
    await must('git', ['clone', '-q', site.git.httpWithToken, clone]);
    sites.push({ site, greeting: '', before: '', clone });
    await push(number - 1, `I am site ${number}`);
  }
  const installed = await ssh(first(), 'apt-get install -y cowsay');
  expect(installed, installed.stderr).toMatchObject({ code: 0 });
});

test("two instances run side by side, and neither knows the other's sites", async () => {
  const other = await launch();
  try {
    expect(await status(first().address)).toBe(200);
    expect(await status(other.address)).toBe(200);
    expect(await status(first().address.replace(`${SECOND.httpPort}`, new URL(APP_URL).port))).toBe(404);
    expect(await status(other.address.replace(new URL(APP_URL).port, `${SECOND.httpPort}`))).toBe(404);
    expect((await command('doctor')).stdout).toContain('All is well.');
  } finally {
    await remove(other);
  }
});

test('a second `up` takes seconds and restarts nothing, also two at a time', async () => {
  const pids = () => Promise.all(SERVICES.map(pidOf));
  const before = await pids();
  const again = await command('up', ['--json']);
  expect(again, again.stderr).toMatchObject({ code: 0 });
  // One that does something takes minutes; how few seconds it is depends on what else the machine does.
  expect(again.seconds).toBeLessThan(15);
  const both = await Promise.all([command('up', ['--json']), command('up', ['--json'])]);
  for (const up of both) expect(up, up.stderr).toMatchObject({ code: 0, stdout: again.stdout });
  expect(await pids()).toEqual(before);
});

test('what cannot work is refused with a sentence and its numbers, and nothing is made', async () => {
  const dir = path.join(workspace, 'refused');
  const other = { LIGHTKEEPER_INSTANCE: 'lkrefused', LIGHTKEEPER_DATA_DIR: dir, LIGHTKEEPER_SUBNET: '10.219.0.0/20' };
  const ports = {
    LIGHTKEEPER_HTTP_PORT: '19190',
    LIGHTKEEPER_WEB_PORT: '19191',
    LIGHTKEEPER_SSH_GATEWAY_PORT: '19192',
    LIGHTKEEPER_SSH_PORTS: '19193-19199',
  };
  const refused = async (env: Record<string, string>, sentence: string | RegExp) => {
    const up = await command('up', [], { ...other, ...ports, ...env });
    expect(up.code, up.stdout).toBe(1);
    expect(up.stderr).toMatch(sentence);
  };
  await mkdir(path.join(workspace, 'closed'), { mode: 0o700 });
  await run('chmod', ['755', workspace]);
  const holder = net.createServer().listen(19_192, '127.0.0.1');
  await once(holder, 'listening');
  await refused(
    {},
    `Port 19192, which is to serve git over SSH, is in use by ${await nameOf(process.pid)} (process ${process.pid}).`,
  );
  holder.close();
  await refused(
    { LIGHTKEEPER_POOL_SIZE: '900TB' },
    /A pool of 900 TB may still take 900 TB, but the disk of \S+ has [\d.]+ GB free\./,
  );
  await refused({ LIGHTKEEPER_POOL_SIZE: '1GB' }, 'LIGHTKEEPER_POOL_SIZE is 1 GB; the pool needs 4 GB at least.');
  await refused(
    { LIGHTKEEPER_WEB_PORT: '19190' },
    'LIGHTKEEPER_HTTP_PORT and LIGHTKEEPER_WEB_PORT both have the port 19190.',
  );
  await refused({ LIGHTKEEPER_HTTP_PORT: 'eighty' }, 'The setting LIGHTKEEPER_HTTP_PORT=eighty is not usable');
  await refused({ LIGHTKEEPER_SUBNET: SECOND.subnet }, `is already used by lk-${SECOND.instance}`);
  await refused(
    { LIGHTKEEPER_DATA_DIR: path.join(workspace, 'closed/data') },
    `${workspace}/closed is closed to other users`,
  );
  await refused(
    { LIGHTKEEPER_INSTANCE: SECOND.instance },
    `The instance ${SECOND.instance} runs already, with its data in ${SECOND.dataDir}.`,
  );
  await refused(
    { LIGHTKEEPER_DATA_DIR: SECOND.dataDir },
    `holds the data of the instance ${SECOND.instance}, not of lkrefused.`,
  );
  const nobody = [
    '--reuid',
    'nobody',
    '--clear-groups',
    process.execPath,
    path.join(PROJECT_DIR, 'workers/host/up.ts'),
  ];
  const up = await run('setpriv', nobody, { cwd: '/' });
  expect(up.code === 1 && /only root may do|EACCES|Permission denied/.test(up.stderr), up.stderr).toBe(true);
  expect(await readdir(dir).catch(() => [])).toEqual([]);
});

test('the web process has no rights, no way to engine or proxy, and reads no secret of others', async () => {
  const pid = await pidOf('web');
  const web = await readFile(`/proc/${pid}/status`, 'utf8');
  expect(web).toMatch(/^CapEff:\t0+$/m);
  expect(web).toMatch(/^NoNewPrivs:\t1$/m);
  const uid = /^Uid:\t(\d+)/m.exec(web)?.[1] ?? '0';
  expect(uid).not.toBe('0');
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
  expect(environment).not.toMatch(/DOCKER_HOST|LIGHTKEEPER_BASE_DIR/);
  const asWeb = (...args: string[]) =>
    run('setpriv', ['--reuid', uid, '--regid', 'lightkeeper-web', '--clear-groups', ...args]);
  for (const socket of ['docker.sock', 'haproxy.sock', 'hook/deploy.sock', 'engine/containerd/containerd.sock']) {
    const knock = await asWeb('socat', '-u', 'OPEN:/dev/null', `UNIX-CONNECT:${SECOND.paths.run}/${socket}`);
    expect(knock.stderr, socket).toContain('Permission denied');
  }
  const mounted = (await readdir(SECOND.paths.mounts))[0] ?? '';
  for (const file of [
    'secrets.json',
    'postgres/password',
    'env/LIGHTKEEPER_SECRET',
    'env/DATABASE_URL',
    'ssh',
    'log/deploy/current',
    'haproxy.cfg',
    'pool.btrfs',
    'service',
    `mounts/${mounted}/app`,
  ]) {
    const read = await asWeb('sh', '-c', 'cat -- "$1" || ls -- "$1/"', 'sh', path.join(SECOND.dataDir, file));
    expect(read.code, `${file}: ${read.stdout.slice(0, 80)}`).not.toBe(0);
  }
  for (const service of ['postgres', 'engine', 'haproxy', 'web'] as const) {
    const adjustment = Number(await readFile(`/proc/${await pidOf(service)}/oom_score_adj`, 'utf8'));
    expect(adjustment, `${service} is killed after the tenants, whose number is 500`).toBeLessThanOrEqual(0);
  }
});

test('every process that is killed is back within seconds, and the sites serve while it is away', async () => {
  for (const service of SERVICES) {
    const visitors = watch(first());
    const before = await pidOf(service);
    process.kill(before ?? 0, 'SIGKILL');
    const start = performance.now();
    await expect.poll(async () => ![null, before].includes(await pidOf(service)), { intervals: [50] }).toBe(true);
    await expect.poll(() => answersOf(service), { timeout: 30_000, intervals: [100] }).toBe(true);
    const seconds = (performance.now() - start) / 1000;
    test.info().annotations.push({ type: 'recovery', description: `${service} ${seconds.toFixed(1)} s` });
    const { failed } = await visitors.stop();
    if (service !== 'haproxy') expect(failed, `visitors while ${service} was away`).toEqual([]);
    // Beside the other lane of tests the web process, the slowest, has taken 14.
    expect(seconds, service).toBeLessThan(20);
    reportSeconds(`${service} killed`, await untilConverged(SECOND));
  }
  expect(await status(first().address)).toBe(200);
});

test('containers removed by hand come back with all they had, and no visitor sees another site meanwhile', async () => {
  const answers = sites.map(({ site }) => collect(site));
  const ids = (await docker('ps', '--quiet', '--no-trunc')).trim().split('\n');
  await docker('rm', '--force', ...ids);
  const start = performance.now();
  for (const index of sites.keys()) await servesAsBefore(index);
  expect(performance.now() - start).toBeLessThan(20_000);
  for (const [index, { greeting }] of sites.entries()) {
    const { bodies } = (await answers[index]?.stop()) ?? { bodies: [] };
    expect(bodies.length).toBeGreaterThan(10);
    expect(bodies.filter((body) => !body.includes(greeting))).toEqual([]);
  }
  await isAsBefore();
});

test('a firewall that somebody flushes is back within seconds', async () => {
  const table = ['inet', `lightkeeper_${SECOND.instance}`];
  await must('nft', ['delete', 'table', ...table]);
  await expect.poll(async () => (await run('nft', ['list', 'table', ...table])).code, { timeout: 15_000 }).toBe(0);
});

test('`down` leaves nothing but the data, and `up` brings every site back', async () => {
  const down = await command('down');
  expect(down, down.stderr).toMatchObject({ code: 0 });
  // The kernel lets go of a loop device when nobody looks at it any more.
  await expect.poll(whatIsLeft, { timeout: 5_000 }).toEqual([]);
  expect(await command('down')).toMatchObject({ code: 0 });
  const doctor = await command('doctor');
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toMatch(/BAD {2}supervisor +not running\n +→ npm run up starts everything\./);
  await killedUp(4_000);
  await upAgain();
  await isAsBefore();
  const back = await fetch(`${SECOND_URL}/api/sites/${first().name}/rollback`, {
    method: 'POST',
    headers: { authorization: `Bearer ${first().token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(back.status).toBe(202);
  const [entry] = sites;
  if (entry) entry.greeting = entry.before;
  await servesAsBefore(0);
});

test('after a kill -9 of everything, `up` brings every site back', async () => {
  expect(await killEverything()).toBeGreaterThan(40);
  // By now the numbers in these files are other processes': here, of the same programs, of the same user.
  const data = path.join(SECOND.dataDir, 'postgres/data');
  const [, ...rest] = (await readFile(path.join(data, 'postmaster.pid'), 'utf8')).split('\n');
  const main = parseSettings(TEST_INSTANCE);
  const [postgres] = (await readFile(path.join(main.dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n');
  await writeFile(path.join(data, 'postmaster.pid'), [postgres, ...rest].join('\n'));
  await cp(path.join(main.paths.run, 'dockerd.pid'), path.join(SECOND.paths.run, 'dockerd.pid'));
  await upAgain();
  await isAsBefore();
});

test('after a reboot, `up` brings every site back', async () => {
  await reboot();
  expect(await whatIsLeft()).toEqual([]);
  await upAgain();
  await isAsBefore();
  const doctor = await command('doctor');
  expect(doctor, doctor.stdout).toMatchObject({ code: 0 });
  expect(doctor.stdout).toMatch(/ok {3}disk limit +the kernel's/);
});

test('`down -- --purge` leaves nothing at all, and never deletes a directory that is not its own', async () => {
  const mine = path.join(workspace, 'mine');
  await mkdir(mine);
  await cp(path.join(PROJECT_DIR, 'package.json'), path.join(mine, 'precious'));
  const refused = await command('down', ['--purge'], { LIGHTKEEPER_INSTANCE: 'lkrefused', LIGHTKEEPER_DATA_DIR: mine });
  expect(refused.code).toBe(1);
  expect(await readdir(mine)).toEqual(['precious']);
  const down = await command('down', ['--purge']);
  expect(down, down.stderr).toMatchObject({ code: 0 });
  expect(await whatIsLeft()).toEqual([]);
  expect(await readdir(SECOND.dataDir)).toEqual([]);
});

function first(): Site {
  const [entry] = sites;
  if (!entry) throw new Error('no site was launched');
  return entry.site;
}

async function upAgain(): Promise<void> {
  const up = await command('up', ['--json']);
  expect(up, up.stderr).toMatchObject({ code: 0 });
}

/** Starts `up` and kills it, and it alone, within this time. */
async function killedUp(msMax: number): Promise<void> {
  const ms = Math.round(random() * msMax);
  test.info().annotations.push({ type: 'seed', description: `LIFECYCLE_SEED=${seed}, killed after ${ms} ms` });
  const child: ChildProcess = spawn(process.execPath, ['workers/host/up.ts'], {
    cwd: PROJECT_DIR,
    env: { ...process.env, ...SECOND_INSTANCE },
    stdio: 'ignore',
  });
  await Promise.race([once(child, 'exit'), sleep(ms)]);
  child.kill('SIGKILL');
}

async function push(index: number, greeting: string): Promise<void> {
  const entry = sites[index];
  if (!entry) throw new Error(`there is no site ${index}`);
  const main = path.join(entry.clone, 'main.py');
  await must('sed', ['-i', `s/^GREETING = .*/GREETING = "${greeting}"/`, main]);
  await must('git', ['-c', 'user.name=V', '-c', 'user.email=v@example.org', 'commit', '-qam', greeting], {
    cwd: entry.clone,
  });
  await must('git', ['push', '-q', 'origin', 'HEAD:main'], { cwd: entry.clone });
  [entry.before, entry.greeting] = [entry.greeting, greeting];
  await servesAsBefore(index);
}

async function servesAsBefore(index: number): Promise<void> {
  const entry = sites[index];
  if (!entry) throw new Error(`there is no site ${index}`);
  const body = () => get(entry.site.address).then((answer) => answer.body, String);
  await expect.poll(body, { timeout: 30_000, intervals: [50] }).toContain(entry.greeting);
}

/** Rows and machine agree; address, content, password, port, what root installed, and the next push. */
async function isAsBefore(): Promise<void> {
  reportSeconds(test.info().title, await untilConverged(SECOND));
  for (const index of sites.keys()) await servesAsBefore(index);
  const cow = await ssh(first(), '/usr/games/cowsay back');
  expect(cow, cow.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('< back >') });
  await push(0, `I am site 1, pushed at ${Date.now()}`);
}

/** Whether the service does its work again. */
async function answersOf(service: (typeof SERVICES)[number]): Promise<boolean> {
  switch (service) {
    case 'web':
    case 'postgres':
      return (await status(`${SECOND_URL}/healthz`)) === 200;
    case 'haproxy':
      return (await status(first().address)) === 200;
    case 'engine':
      return (await run('docker', ['-H', `unix://${SECOND.paths.engineSocket}`, 'ps'])).code === 0;
    case 'git-http':
      return (await run('git', ['ls-remote', first().git.httpWithToken])).code === 0;
    case 'ssh':
      return (await ssh(first(), 'true')).code === 0;
    case 'deploy':
    case 'keeper':
      return (await run('sh', ['-c', `s6-svstat -o up ${SECOND.dataDir}/service/${service}`])).stdout.trim() === 'true';
  }
}

/** What visitors are shown with a 200, until stopped. */
function collect(site: Site): { stop(): Promise<{ bodies: string[] }> } {
  const bodies: string[] = [];
  let stopped = false;
  const lane = async () => {
    while (!stopped) {
      const answer = await get(site.address).catch(() => null);
      if (answer?.status === 200) bodies.push(answer.body);
      await sleep(5);
    }
  };
  const lanes = [lane(), lane(), lane()];
  return {
    async stop() {
      stopped = true;
      await Promise.all(lanes);
      return { bodies };
    },
  };
}

async function nameOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
}

/** mulberry32: the same numbers for the same seed. */
function generator(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
