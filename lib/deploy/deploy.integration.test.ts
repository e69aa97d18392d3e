// Deployments with a real database and a real s6: only the container and the proxy are stand-ins.

import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '../db/client.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import { createSlots } from '../git/slots.ts';
import { releaseLease, takeLease } from '../jobs/lease.ts';
import type { Target } from '../proxy/proxy.ts';
import { deploy } from './deploy.ts';
import { rollback } from './rollback.ts';
import type { Source } from './source.ts';
import { sweepDeployments } from './sweep.ts';
import { settlePush, type TakenDeps } from './taken.ts';
import {
  eventually,
  freeNumber,
  type HostContainer,
  hasSupervisor,
  startHostContainer,
} from './testing/host-container.ts';
import { tarOf } from './testing/tar.ts';

const SITES = path.resolve(import.meta.dirname, '../../e2e/sites');
const settings = parseSettings({
  LIGHTKEEPER_DRAIN_SECONDS: '0',
  LIGHTKEEPER_CHECK_SECONDS: '2',
  LIGHTKEEPER_BUILD_MINUTES: '1',
});
const COMMIT = 'a'.repeat(40);
const silent = { debug() {}, info() {}, warn() {}, error() {} };

let database: TestDatabase;
let db: Db;
let site: HostContainer;
let siteId: string;
/** The first deployment's number, so that the ports of the test do not meet others of the machine. */
let first: number;
let deps: TakenDeps;
/** Null: a push has the repository. */
let main: { result: string } | null;
let routes: Map<string, Target>;
let lines: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  await db.plan.create({
    data: {
      ...{
        name: 'test',
        diskBytesMax: 1n << 30n,
        inodesMax: 10_000,
        memoryBytesMax: 1n << 28n,
        cpuMillisMax: 1000,
        pidsMax: 100,
      },
      ...{ openFilesMax: 1000, logBytesMax: 1n << 20n, tmpfsBytesMax: 1n << 26n, pushBytesMax: 1n << 26n, sitesMax: 1 },
      ...{ totalDiskBytesMax: 1n << 30n, totalMemoryBytesMax: 1n << 28n },
      ...{ bandwidthBytesMax: 1n << 20n, connectionsMax: 100, newConnectionsMax: 10 },
    },
  });
});
afterAll(async () => database.drop());

beforeEach(async () => {
  if (!hasSupervisor) return;
  site = await startHostContainer();
  first = await freeNumber();
  routes = new Map();
  lines = [];
  main = { result: COMMIT };
  const row = await db.site.create({
    data: {
      name: `calm-harbor-${Date.now() % 100_000}`,
      planName: 'test',
      state: 'live',
      sshPort: 20_000 + (Date.now() % 30_000),
      sealedPassword: '',
      sealedToken: '',
    },
  });
  siteId = row.id;
  await db.deployment.create({ data: { siteId, number: first - 1, cause: 'push', status: 'failed' } });
  const proxy = {
    setRoute: async (host: string, target: Target) => void routes.set(host, target),
    removeRoute: async (host: string) => void routes.delete(host),
    routes: async () => routes,
  };
  const builds = createSlots({ total: 2, perKey: 1, waitMs: 10_000, waitersMax: 10 });
  deps = {
    db,
    engine: site.engine,
    proxy,
    settings,
    log: silent,
    runner: 'worker-1',
    builds,
    unsettled: new Set(),
    base: 'test',
    checkpoint: async () => {},
    wake: async () => {},
    findMain: async () => main,
  };
  await db.heartbeat.upsert({
    where: { process: 'worker-1' },
    create: { process: 'worker-1' },
    update: { at: new Date() },
  });
});
afterEach(async () => {
  if (!hasSupervisor) return;
  await site.remove();
  await db.site.update({ where: { id: siteId }, data: { liveDeploymentId: null } });
  await db.site.delete({ where: { id: siteId } });
});

/** A source of texts, as a commit would be. */
function sourceOf(files: Record<string, string | Buffer>, subject = 'change'): Source {
  const listed = Object.entries(files).map(([name, text]) => ({
    path: name,
    sizeBytes: text.length,
    mode: '100644',
    id: `${name}:${text.length}`,
  }));
  return {
    commit: COMMIT,
    files: async () => listed,
    read: async (wanted) => wanted.map((file) => String(files[file.path])),
    subject: async () => subject,
    archive: () => Readable.from([tarOf(files)]),
  };
}

async function fixture(name: string): Promise<Source> {
  const root = path.join(SITES, name);
  const entries = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files: Record<string, Buffer> = {};
  for (const entry of entries) {
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(root, file)] = await readFile(file);
  }
  return sourceOf(files, name);
}

const server = (text: string): Record<string, string> => ({
  'main.py': `import os\nfrom http.server import *\nclass H(BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_response(200)\n        self.end_headers()\n        self.wfile.write(b"${text}")\nThreadingHTTPServer(("", int(os.environ["PORT"])), H).serve_forever()\n`,
});
const push = (source: Source, more: { signal?: AbortSignal; settledLater?: boolean } = {}) =>
  deploy(deps, { siteId, cause: 'push', source, onLine: (line) => lines.push(line), ...more });
const fetchLive = async (at = '/'): Promise<string> => {
  const { name } = await db.site.findUniqueOrThrow({ where: { id: siteId } });
  const target = routes.get(`${name}.localhost`);
  return (await fetch(`http://${target?.address}:${target?.port}${at}`)).text();
};
const rows = () => db.deployment.findMany({ where: { siteId, number: { gte: first } }, orderBy: { number: 'asc' } });
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error as AppError,
  );

describe.skipIf(!hasSupervisor)('a push', () => {
  test('goes live: the pointer, the port, the route and the log agree', async () => {
    const live = await push(sourceOf(server('hello'), 'Say hello'));
    expect(await fetchLive()).toBe('hello');
    const row = await db.site.findUniqueOrThrow({ where: { id: siteId }, include: { liveDeployment: true } });
    expect(row).toMatchObject({ livePort: 8000 + first, address: '127.0.0.1', routedName: row.name });
    expect(row.liveDeployment).toMatchObject({
      ...{
        id: live.deploymentId,
        number: first,
        status: 'succeeded',
        kept: true,
        stack: 'python',
        subject: 'Say hello',
        runner: null,
      },
    });
    const log = row.liveDeployment?.log ?? '';
    expect(log.trimEnd().split('\n')).toEqual(lines);
    expect(lines[0]).toBe('-----> Python, python3 main.py');
    expect(lines.at(-2)).toMatch(new RegExp(`^-----> Checking http on port ${8000 + first} … 200 in \\d+ ms$`));
    expect(lines.at(-1)).toMatch(/^-----> Live: http:\/\/calm-harbor-\d+\.localhost:8080 \(release \d+, [\d.]+ m?s\)$/);
  });

  test('asks for a checkpoint of what was there, and a rollback does not', async () => {
    const kept: string[] = [];
    deps = { ...deps, checkpoint: async (id) => void kept.push(id) };
    await push(sourceOf(server('kept')));
    expect(kept).toEqual([siteId]);
    await rollback(deps, { siteId, deploymentId: null }).catch(() => {});
    expect(kept, 'a push alone').toEqual([siteId]);
  });

  test('to a site that is on its way back to a checkpoint, or went there meanwhile, is refused without a trace', async () => {
    const where = { id: siteId };
    await db.site.update({ where, data: { restoringId: siteId } });
    const during = await failureOf(push(sourceOf(server('late'))));
    expect(during).toMatchObject({ code: 'site-not-ready', message: expect.stringContaining('being restored') });
    await db.site.update({ where, data: { restoringId: null, restoredAt: new Date(Date.now() + 1_000) } });
    const after = await failureOf(push(sourceOf(server('late'))));
    expect(after).toMatchObject({ code: 'site-not-ready', message: expect.stringContaining('restored meanwhile') });
    expect(await rows()).toEqual([]);
  });

  test('of plain files serves them', async () => {
    await push(await fixture('static'));
    expect(lines[0]).toBe('-----> Plain files');
    expect(await fetchLive('/x')).toContain('Nothing here');
  });

  test('that fails is told in full, and what was live still serves', async () => {
    await push(sourceOf(server('old')));
    const cases: [string, string, RegExp, RegExp][] = [
      ['syntax-error', 'build-failed', /syntax error/, /line 6[\s\S]*SyntaxError/],
      ['crash-on-start', 'check-failed', /exit code 1/, /reading the settings\n[\s\S]*KeyError: 'database_url'/],
      [
        'never-listens',
        'check-failed',
        /does not answer http on port \d+ after 2\.\d s: nothing listens/,
        /working on something else/,
      ],
      ['http-500', 'check-failed', /answers \/ with 500/, /the database is not there/],
    ];
    for (const [name, code, message, output] of cases) {
      lines = [];
      const error = await failureOf(push(await fixture(name)));
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
      expect(lines.join('\n')).toMatch(output);
      expect(await fetchLive()).toBe('old');
    }
    const [good, ...failed] = await rows();
    expect(good?.status).toBe('succeeded');
    for (const row of failed)
      expect(row).toMatchObject({ status: 'failed', kept: false, runner: null, problem: expect.any(String) });
    expect(failed[0]?.log).toContain('SyntaxError');
    expect(await readdir(path.join(site.app, 'releases'))).toEqual([String(first)]);
    expect(await readlink(path.join(site.app, 'current'))).toBe(`releases/${first}`);
  });

  test('that nothing can start is refused before anything is unpacked', async () => {
    const error = await failureOf(push(sourceOf({ 'notes.txt': 'x' })));
    expect(error?.code).toBe('push-refused');
    expect(await readdir(path.join(site.app, 'releases')).catch(() => [])).toEqual([]);
  });

  test('whose client has gone is undone', async () => {
    await push(sourceOf(server('old')));
    const gone = new AbortController();
    const pushing = failureOf(push(await fixture('never-listens'), { signal: gone.signal }));
    await eventually(() => lines.some((line) => line.includes('working on')));
    gone.abort(new Error('gone'));
    expect((await pushing)?.code).toBe('interrupted');
    expect(await readdir(path.join(site.app, 'releases'))).toEqual([String(first)]);
    expect((await rows()).at(-1)?.status).toBe('failed');
  });

  test('waits for the one before it, and the last one is live at the end', async () => {
    const texts = ['one', 'two', 'three'];
    await Promise.all(texts.map((text) => push(sourceOf(server(text), text))));
    const done = await rows();
    expect(done.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(await fetchLive()).toBe(done.at(-1)?.subject);
  });

  test('that has to wait says so', async () => {
    await takeLease(db, `site:${siteId}`, 'somebody');
    const pushing = push(sourceOf(server('patient')));
    await eventually(() => lines.includes('Another deployment of this site is under way; waiting for it.'));
    await releaseLease(db, `site:${siteId}`, 'somebody');
    await pushing;
    expect(await fetchLive()).toBe('patient');
  });

  test('loses no request while it goes live', async () => {
    await push(sourceOf(server('a')));
    let stopped = false;
    const seen = new Set<string>();
    const visitor = async () => {
      for (; !stopped; ) seen.add(await fetchLive().catch((error) => String(error.cause ?? error)));
    };
    const visitors = Promise.all([visitor(), visitor()]);
    deps = { ...deps, settings: { ...settings, drainSeconds: 1 } };
    for (const text of ['b', 'c']) await push(sourceOf(server(text)));
    stopped = true;
    await visitors;
    expect([...seen].sort()).toEqual(['a', 'b', 'c']);
  });

  test('when the proxy is away keeps the old process until the route can move', async () => {
    await push(sourceOf(server('old')));
    const away = { ...deps.proxy, setRoute: async () => Promise.reject(new Error('away')) };
    deps = { ...deps, proxy: away };
    await push(sourceOf(server('new')));
    expect(await fetchLive()).toBe('old');
    expect(await db.site.findUniqueOrThrow({ where: { id: siteId } })).toMatchObject({ livePort: 8001 + first });
  });
});

describe.skipIf(!hasSupervisor)('a rollback', () => {
  test('serves what was live before, as a deployment of its own', async () => {
    await push(sourceOf(server('one'), 'first'));
    await push(sourceOf(server('two'), 'second'));
    await rollback(deps, { siteId, deploymentId: null });
    expect(await fetchLive()).toBe('one');
    expect((await rows()).at(-1)).toMatchObject({
      cause: 'rollback',
      subject: 'first',
      number: first + 2,
      status: 'succeeded',
    });
  });

  test('keeps three releases, and names those that are gone', async () => {
    for (const text of ['one', 'two', 'three', 'four']) await push(sourceOf(server(text)));
    await eventually(async () => (await readdir(path.join(site.app, 'releases'))).length === 3);
    const all = await rows();
    expect(all.map(({ kept }) => kept)).toEqual([false, true, true, true]);
    expect((await failureOf(rollback(deps, { siteId, deploymentId: all[0]?.id ?? '' })))?.code).toBe(
      'no-earlier-release',
    );
    await rollback(deps, { siteId, deploymentId: all[1]?.id ?? '' });
    expect(await fetchLive()).toBe('two');
  });

  test('without an earlier release is refused', async () => {
    await push(sourceOf(server('one')));
    expect((await failureOf(rollback(deps, { siteId, deploymentId: null })))?.message).toMatch(/no earlier release/);
  });
});

describe.skipIf(!hasSupervisor)('a push that went live', () => {
  const goLive = async () => {
    await push(sourceOf(server('old')));
    const live = await push(sourceOf(server('new')), { settledLater: true });
    expect((await rows()).at(-1)).toMatchObject({ status: 'succeeded', runner: 'worker-1' });
    return { siteId, deploymentId: live.deploymentId, commit: COMMIT };
  };

  test('and that git took is settled', async () => {
    await settlePush(deps, await goLive());
    expect((await rows()).at(-1)).toMatchObject({ number: first + 1, runner: null });
    expect(await fetchLive()).toBe('new');
  });

  test('and that git did not take is taken back, once, and the log says why', async () => {
    main = { result: 'b'.repeat(40) };
    const taken = await goLive();
    await settlePush(deps, taken);
    await settlePush(deps, taken);
    expect(await fetchLive()).toBe('old');
    const [, pushed, back, ...more] = await rows();
    expect(pushed).toMatchObject({ status: 'succeeded', runner: null });
    expect(back).toMatchObject({ cause: 'rollback', status: 'succeeded', runner: null });
    expect(back?.log).toContain(`Release ${first + 1} went live and git did not take its push`);
    expect(more).toEqual([]);
  });

  test('stays while another push has the repository, and the sweep settles it', async () => {
    main = null;
    await settlePush(deps, await goLive());
    await sweepDeployments(deps, new Date());
    expect((await rows()).at(-1)).toMatchObject({ number: first + 1, runner: 'worker-1' });
    main = { result: 'b'.repeat(40) };
    await sweepDeployments(deps, new Date());
    expect((await rows()).map(({ cause, runner }) => [cause, runner])).toEqual([
      ['push', null],
      ['push', null],
      ['rollback', null],
    ]);
    expect(await fetchLive()).toBe('old');
  });

  test('and was not taken stays live where there is nothing to go back to', async () => {
    main = { result: 'b'.repeat(40) };
    const { deploymentId } = await push(sourceOf(server('only')), { settledLater: true });
    await settlePush(deps, { siteId, deploymentId, commit: COMMIT });
    expect((await rows())[0]).toMatchObject({ status: 'succeeded', runner: null });
    expect(await fetchLive()).toBe('only');
  });
});

describe.skipIf(!hasSupervisor)('after a crash of the worker', () => {
  test('the sweep ends what it left, and the container is what the database says', async () => {
    await push(sourceOf(server('old')));
    const dead = {
      ...deps,
      runner: 'worker-dead',
      proxy: { ...deps.proxy, setRoute: () => new Promise<never>(() => {}) },
    };
    void deploy(dead, { siteId, cause: 'push', source: sourceOf(server('new')) }).catch(() => {});
    const isSwitched = async () => (await rows())[1]?.status === 'succeeded';
    expect(await eventually(isSwitched)).toBe(true);
    site.execs.at(-1)?.stdin?.destroy();
    await db.lease.deleteMany({});
    expect(await sweepDeployments(deps, new Date())).toBe(0);
    expect(await readlink(path.join(site.app, 'current'))).toBe(`releases/${first + 1}`);
    expect(await readdir(path.join(site.run, 'services'))).toEqual([`web-${first + 1}`]);
    expect((await rows()).at(-1)?.runner).toBeNull();
  });

  test('a failure that could not be written down while the database was away is swept by the same process', async () => {
    await push(sourceOf(server('old')));
    const away = new Proxy(db, {
      get: (target, name, receiver) =>
        name === '$transaction' ? () => Promise.reject(new Error('away')) : Reflect.get(target, name, receiver),
    });
    const nothing = sourceOf({ 'notes.txt': 'nothing to run' });
    await expect(deploy({ ...deps, db: away }, { siteId, cause: 'push', source: nothing })).rejects.toThrow();
    expect((await rows()).at(-1)).toMatchObject({ status: 'running', runner: 'worker-1' });
    expect(await sweepDeployments(deps, new Date())).toBe(1);
    expect((await rows()).at(-1)).toMatchObject({ status: 'failed', runner: null });
    expect(await fetchLive()).toBe('old');
  });

  test('a running deployment of a dead process becomes failed, one of a living process does not', async () => {
    await push(sourceOf(server('old')));
    const base = { siteId, cause: 'push' as const, status: 'running' as const };
    await db.deployment.create({ data: { ...base, number: first + 1, runner: 'worker-dead' } });
    await db.deployment.create({ data: { ...base, number: first + 2, runner: 'worker-1' } });
    expect(await sweepDeployments(deps, new Date())).toBe(1);
    expect((await rows()).map(({ status, runner }) => [status, runner])).toEqual([
      ...[
        ['succeeded', null],
        ['failed', null],
        ['running', 'worker-1'],
      ],
    ]);
    expect(await sweepDeployments(deps, new Date())).toBe(0);
    expect(await fetchLive()).toBe('old');
  });
});
