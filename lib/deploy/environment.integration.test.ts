// Variables from the row to the process, with a real database and a real s6: only the container and the proxy are stand-ins.

import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { runMigrations } from 'graphile-worker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import type { Db } from '../db/client.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { changeEnvironment, undoChange } from '../environment/change.ts';
import { deliverEnvironment } from '../environment/deliver.ts';
import { forgottenEnvironments } from '../environment/forgotten.ts';
import { viewEnvironment } from '../environment/view.ts';
import { AppError } from '../errors/app-error.ts';
import { createSlots } from '../git/slots.ts';
import type { Target } from '../proxy/proxy.ts';
import { deploy } from './deploy.ts';
import type { DeployDeps } from './deps.ts';
import { applyEnvironment } from './environment.ts';
import { rollback } from './rollback.ts';
import {
  eventually,
  freeNumber,
  type HostContainer,
  hasSupervisor,
  startHostContainer,
} from './testing/host-container.ts';
import { tarOf } from './testing/tar.ts';

const secret = 's'.repeat(32);
const settings = parseSettings({
  LIGHTKEEPER_SECRET: secret,
  LIGHTKEEPER_DRAIN_SECONDS: '0',
  LIGHTKEEPER_CHECK_SECONDS: '3',
  LIGHTKEEPER_BUILD_MINUTES: '1',
});
const silent = { debug() {}, info() {}, warn() {}, error() {} };
/** What a shell, an argument list or a file of variables could trip over. */
const HOSTILE = {
  LINES: 'one\n two \n\n',
  BLANKS: '  \t ',
  EMPTY: '',
  SHELL: '$(touch /tmp/owned) `id` "; exit 1; \' \\ $PATH',
  FRAME: '.\n.\nA 3\nxyz',
  BYTES: '\u0001\u001b]0;x\u0007 é 😀 \u2028',
  UID: '0',
  SECONDS: '9',
  BASH_ENV: '/nowhere',
  LONG: `${'x'.repeat(32_766)}\n\n`,
  NODE_ENV: 'test',
};

/** Answers its environment as JSON; does not start while BROKEN is set. */
const APP = `
import json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
if os.environ.get("BROKEN"): raise SystemExit("no: " + os.environ["BROKEN"])
class H(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())
    def log_message(self, *_): pass
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), H).serve_forever()
`;

let database: TestDatabase;
let db: Db;
let site: HostContainer;
let siteId: string;
let deps: DeployDeps;
let routes: Map<string, Target>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  await runMigrations({ connectionString: database.url });
  await seedPlans(db);
});
afterAll(async () => database.drop());

beforeEach(async () => {
  if (!hasSupervisor) return;
  site = await startHostContainer();
  const first = await freeNumber();
  routes = new Map();
  const plan = await db.plan.findFirstOrThrow();
  const row = await db.site.create({
    data: {
      ...{ name: `calm-harbor-${first}`, planName: plan.name, state: 'live', sshPort: 20_000 + first },
      ...{ sealedPassword: '', sealedToken: '' },
    },
  });
  siteId = row.id;
  await db.deployment.create({ data: { siteId, number: first - 1, cause: 'push', status: 'failed' } });
  const proxy = {
    setRoute: async (host: string, target: Target) => void routes.set(host, target),
    removeRoute: async (host: string) => void routes.delete(host),
    routes: async () => routes,
  };
  deps = {
    ...{ db, proxy, settings, engine: site.engine, log: silent, runner: 'worker-1', base: 'test' },
    unsettled: new Set(),
    builds: createSlots({ total: 2, perKey: 1, waitMs: 10_000, waitersMax: 10 }),
    wake: async () => {},
    checkpoint: async () => {},
  };
  await push();
});
afterEach(async () => {
  if (!hasSupervisor) return;
  await site.remove();
  await db.site.update({ where: { id: siteId }, data: { liveDeploymentId: null } });
  await db.site.delete({ where: { id: siteId } });
});

function push(procfile?: string) {
  const files: Record<string, string> = { 'main.py': APP, ...(procfile ? { Procfile: procfile } : {}) };
  const source = {
    commit: 'a'.repeat(40),
    files: async () =>
      Object.entries(files).map(([name, text]) => ({ path: name, sizeBytes: text.length, mode: '100644', id: name })),
    read: async (wanted: { path: string }[]) => wanted.map((file) => files[file.path] ?? ''),
    subject: async () => 'A commit',
    archive: () => Readable.from([tarOf(files)]),
  };
  return deploy(deps, { siteId, cause: 'push', source });
}

const set = (variables: Record<string, string>) =>
  changeEnvironment(
    { db, secret },
    { site: { id: siteId, name: 'x' }, next: () => new Map(Object.entries(variables)), by: null },
  );
const seen = async (): Promise<Record<string, string>> => {
  const target = [...routes.values()][0];
  return (await (await fetch(`http://127.0.0.1:${target?.port}/`)).json()) as Record<string, string>;
};
const row = () => db.site.findUniqueOrThrow({ where: { id: siteId } });
const view = async () => viewEnvironment(db, await row(), secret);
const releases = () => readdir(path.join(site.app, 'releases'));

describe.skipIf(!hasSupervisor)('variables', () => {
  test('reach the app byte by byte, beside what we set, and no file of the disk has them', async () => {
    await set(HOSTILE);
    expect((await view()).status).toBe('applying');
    expect(await applyEnvironment(deps, siteId)).not.toBeNull();
    expect(await seen()).toMatchObject(HOSTILE);
    expect(await seen()).toMatchObject({ HOST: '0.0.0.0', HOME: '/root', PYTHONUNBUFFERED: '1' });
    expect(await view()).toMatchObject({ status: 'in-force', revision: 1 });
    // The one that it took the place of may be on its way out.
    const number = String((await db.deployment.findFirstOrThrow({ where: { liveOf: { id: siteId } } })).number);
    expect(await readFile(path.join(site.app, 'releases', number, '.lightkeeper/environment'), 'utf8')).toBe('');
    const folder = path.join(site.run, 'environment', number);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(await readdir(path.join(site.run, 'environment'))).toEqual([number]);
  });

  test('come with the next push too, and its steps see them, but its log does not', async () => {
    await set({ TOKEN: 'a-secret-of-mine', SHORT: 'abc' });
    await push('web: echo "given $TOKEN and $SHORT"; sleep 1.2; exec python3 main.py');
    expect(await seen()).toMatchObject({ TOKEN: 'a-secret-of-mine' });
    const { log } = await db.deployment.findFirstOrThrow({ where: { siteId }, orderBy: { number: 'desc' } });
    expect(log).toContain('given •••••• and abc');
    expect(log).not.toContain('a-secret-of-mine');
    expect(await applyEnvironment(deps, siteId), 'nothing is left to do').toBeNull();
  });

  test('with which the app does not start are refused: what served goes on with those before, and undoing mends it', async () => {
    await set({ GREETING: 'hello' });
    await applyEnvironment(deps, siteId);
    await set({ GREETING: 'new', BROKEN: 'broken-secret' });
    const error = await applyEnvironment(deps, siteId).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(AppError);
    expect((await seen()).GREETING).toBe('hello');
    const refused = await view();
    expect(refused).toMatchObject({ status: 'refused', mayUndo: true });
    expect(JSON.stringify(refused.problem)).not.toContain('broken-secret');
    expect(await releases()).toHaveLength(1);

    await undoChange({ db, secret }, { site: { id: siteId, name: 'x' }, by: null });
    await applyEnvironment(deps, siteId);
    expect(await seen()).toMatchObject({ GREETING: 'hello' });
    expect((await seen()).BROKEN).toBeUndefined();
    expect((await view()).status).toBe('in-force');
  });

  test('are tried again after a fault on our side, and after a restore, but not when the app does not start with them', async () => {
    const doJob = async () => db.$executeRaw`delete from graphile_worker._private_jobs`;
    const isForgotten = async () => (await forgottenEnvironments(db)).includes(siteId);
    await set({ GREETING: 'hello' });
    expect(await isForgotten(), 'its job is there').toBe(false);
    await doJob();
    expect(await isForgotten(), 'its job was lost').toBe(true);

    const { engine } = deps;
    const exec = () => Promise.reject(new Error('the engine is gone'));
    const interrupted = applyEnvironment({ ...deps, engine: { ...engine, exec } }, siteId);
    await expect(interrupted).rejects.toMatchObject({ code: 'interrupted' });
    expect(await isForgotten()).toBe(true);
    await applyEnvironment(deps, siteId);
    expect(await seen()).toMatchObject({ GREETING: 'hello' });
    expect(await isForgotten()).toBe(false);

    await db.site.update({ where: { id: siteId }, data: { liveEnvironment: 0, restoredAt: new Date() } });
    expect(await isForgotten(), 'what is live was restored').toBe(true);
    await set({ BROKEN: 'yes' });
    await doJob();
    await applyEnvironment(deps, siteId).catch(() => {});
    expect(await isForgotten()).toBe(false);
  });

  test('are there again when the container starts anew, and the app waits for them', async () => {
    await set({ GREETING: 'still here' });
    await applyEnvironment(deps, siteId);
    await site.restart();
    const isUp = () => seen().then(Boolean, () => false);
    expect(await eventually(isUp, 700), 'without them it does not start').toBe(false);
    const container = await site.engine.inspect(siteId);
    if (!container) throw new Error('no container');
    await deliverEnvironment(deps, siteId, container);
    expect(await eventually(isUp)).toBe(true);
    expect((await seen()).GREETING).toBe('still here');
    expect((await row()).environmentIn).toBe(`host ${container.startedAt?.toISOString()}`);
  });

  test('that are changed take no place from the releases one can go back to', async () => {
    await push();
    for (const GREETING of ['one', 'two', 'three']) {
      await set({ GREETING });
      await applyEnvironment(deps, siteId);
    }
    expect(await eventually(async () => (await releases()).length === 2)).toBe(true);
    await rollback(deps, { siteId, deploymentId: null });
    expect((await seen()).GREETING, 'the variables are those of the site, not of the release').toBe('three');
    await set({});
    await applyEnvironment(deps, siteId);
    expect((await seen()).GREETING).toBeUndefined();
  });

  test('lose no request while they change', async () => {
    deps = { ...deps, settings: { ...settings, drainSeconds: 1 } };
    await push();
    let stopped = false;
    const failed: string[] = [];
    const visitor = async () => {
      while (!stopped) await seen().catch((error: Error) => failed.push(String(error.cause ?? error)));
    };
    const visitors = Promise.all([visitor(), visitor()]);
    for (const GREETING of ['one', 'two']) {
      await set({ GREETING });
      await applyEnvironment(deps, siteId);
    }
    stopped = true;
    await visitors;
    expect(failed).toEqual([]);
  });
});
