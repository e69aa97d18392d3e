// The script that runs in the container, under a real s6, by its real protocol; only the container itself is missing.

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkHttp } from './check.ts';
import { portOf } from './go-live.ts';
import { openRelease, type ReleaseCommand, ReleaseFailure, type ReleaseSession } from './release.ts';
import { renderPlan } from './script.ts';
import type { BuildPlan } from './stacks/plan.ts';
import {
  eventually,
  freeNumber,
  type HostContainer,
  hasSupervisor,
  startHostContainer,
} from './testing/host-container.ts';
import { tarOf } from './testing/tar.ts';

const SERVER = (greeting: string, before = '') => `
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
${before}
class H(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"${greeting}")
    def log_message(self, *_): pass
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), H).serve_forever()
`;

const PYTHON: BuildPlan = {
  stack: 'python',
  title: '',
  notes: [],
  dependencies: null,
  build: [],
  check: [['python3', '-IS', '$TOOLS/check-python.py']],
  start: { argv: ['python3', 'main.py'] },
};
const BOUNDS = { stepSeconds: 30, logBytesMax: 64 * 1024, drainSeconds: 0 };

let site: HostContainer;
let first: number;
let lines: string[];
let events: string[];

beforeEach(async () => {
  if (!hasSupervisor) return;
  site = await startHostContainer();
  first = await freeNumber();
  [lines, events] = [[], []];
});
afterEach(async () => {
  if (hasSupervisor) await site.remove();
});

/** The number of the test's first, second … release. */
const n = (which: number): number => first + which;

const open = (command: ReleaseCommand): Promise<ReleaseSession> =>
  openRelease(site.engine, 'site', command, {
    event: (event) => events.push('name' in event ? `${event.kind} ${event.name}` : event.kind),
    line: (line) => lines.push(line),
  });

interface Options {
  plan?: Partial<BuildPlan>;
  kept?: number[];
  drainSeconds?: number;
}

async function start(number: number, files: Record<string, string>, options: Options = {}): Promise<ReleaseSession> {
  const session = await open({ action: 'deploy', number });
  const bounds = { ...BOUNDS, drainSeconds: options.drainSeconds ?? 0 };
  const plan = renderPlan({ ...PYTHON, ...options.plan }, number, options.kept ?? [number], bounds);
  await session.start(plan, Readable.from([tarOf(files)]), 30_000);
  return session;
}

async function check(session: ReleaseSession, number: number) {
  return checkHttp({
    ...{
      address: '127.0.0.1',
      port: portOf(number),
      host: 'x',
      msMax: 10_000,
      died: session.died,
      ended: session.ended,
    },
    signal: new AbortController().signal,
  });
}

async function release(number: number, files: Record<string, string>, options: Options = {}): Promise<void> {
  const session = await start(number, files, options);
  expect((await check(session, number)).kind).toBe('healthy');
  await session.prepare();
  await session.commit();
  expect(await session.ended).toBe(0);
}

const greet = async (number: number): Promise<string> => (await fetch(`http://127.0.0.1:${portOf(number)}/`)).text();
const answers = (number: number): Promise<boolean> =>
  greet(number).then(
    () => true,
    () => false,
  );
const live = () => readlink(path.join(site.app, 'current'));
const releases = async () => (await readdir(path.join(site.app, 'releases'))).sort();
const services = async () => (await readdir(path.join(site.run, 'services'))).sort();
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe.skipIf(!hasSupervisor)('a release in its container', () => {
  test('is unpacked, started, committed, and starts again with the container', async () => {
    await release(n(1), { 'main.py': SERVER('one') });
    expect(await greet(n(1))).toBe('one');
    expect(await live()).toBe(`releases/${n(1)}`);
    expect(events.filter((event) => event !== 'ready')).toEqual([
      'step check',
      'done check',
      'started',
      'prepared',
      'committed',
    ]);
    await site.restart();
    expect(await eventually(() => answers(n(1)))).toBe(true);
  });

  test('takes over from the one before, which drains and then stops', async () => {
    await release(n(1), { 'main.py': SERVER('one') });
    const next = await start(n(2), { 'main.py': SERVER('two') }, { kept: [n(2), n(1)], drainSeconds: 1 });
    expect((await check(next, n(2))).kind).toBe('healthy');
    await next.prepare();
    await next.commit();
    expect([await greet(n(1)), await greet(n(2))]).toEqual(['one', 'two']);
    await next.ended;
    expect(await answers(n(1))).toBe(false);
    expect(await services()).toEqual([`web-${n(2)}`]);
    expect(await releases()).toEqual([`${n(1)}`, `${n(2)}`]);
    expect(existsSync(path.join(site.run, `log/web-${n(1)}`))).toBe(false);
  });

  test('finishes its drain without the worker', async () => {
    await release(n(1), { 'main.py': SERVER('one') });
    const next = await start(n(2), { 'main.py': SERVER('two') }, { kept: [n(2)], drainSeconds: 1 });
    await check(next, n(2));
    await next.prepare();
    await next.commit();
    const script = site.execs.at(-1);
    for (const stream of [script?.stdin, script?.stdout, script?.stderr]) stream?.destroy();
    expect(await eventually(async () => !(await answers(n(1))))).toBe(true);
    expect(await eventually(async () => (await releases()).join() === `${n(2)}`)).toBe(true);
    expect(await greet(n(2))).toBe('two');
  });

  test('is undone when the worker is lost before the switch', async () => {
    await release(n(1), { 'main.py': SERVER('one') });
    const next = await start(n(2), { 'main.py': SERVER('two') });
    await check(next, n(2));
    site.execs.at(-1)?.stdin?.destroy();
    expect(await next.ended).toBe(16);
    expect([await answers(n(1)), await answers(n(2))]).toEqual([true, false]);
    expect([await releases(), await services(), await live()]).toEqual([
      [`${n(1)}`],
      [`web-${n(1)}`],
      `releases/${n(1)}`,
    ]);
  });

  test('is undone when the worker is lost in the middle of the archive', async () => {
    const session = await open({ action: 'deploy', number: n(1) });
    const broken = new Readable({ read() {} });
    broken.push(tarOf({ 'main.py': SERVER('one') }).subarray(0, 700));
    const starting = failureOf(session.start(renderPlan(PYTHON, n(1), [n(1)], BOUNDS), broken, 10_000));
    await eventually(() => events.includes('ready'));
    site.execs.at(-1)?.stdin?.destroy();
    expect(await starting).toBeInstanceOf(ReleaseFailure);
    expect(await session.ended).toBe(10);
    expect(await releases()).toEqual([]);
  });

  test('stays beside the old one when the worker is lost during the switch, until the site is settled', async () => {
    await release(n(1), { 'main.py': SERVER('one') });
    for (const winner of [n(1), n(3)]) {
      const next = await start(winner === n(1) ? n(2) : n(3), { 'main.py': SERVER('next') });
      const number = winner === n(1) ? n(2) : n(3);
      await check(next, number);
      await next.prepare();
      site.execs.at(-1)?.stdin?.destroy();
      expect(await next.ended).toBe(17);
      expect([await answers(n(1)), await answers(number)]).toEqual([true, true]);
      expect(await settle(winner, [winner])).toBe(0);
      expect(await services()).toEqual([`web-${winner}`]);
      expect([await live(), await releases()]).toEqual([`releases/${winner}`, [String(winner)]]);
    }
  });

  test('keeps the releases it is told to keep, and no other', async () => {
    for (const [number, kept] of [
      [n(1), [n(1)]],
      [n(2), [n(2), n(1)]],
      [n(3), [n(3), n(2), n(1)]],
      [n(4), [n(4), n(3), n(2)]],
    ] as const) {
      await release(number, { 'main.py': SERVER('x') }, { kept: [...kept] });
    }
    expect(await releases()).toEqual([`${n(2)}`, `${n(3)}`, `${n(4)}`]);
  });

  test('goes back to an older one as a release of its own', async () => {
    await release(n(1), { 'main.py': SERVER('one') });
    await release(n(2), { 'main.py': SERVER('two') }, { kept: [n(2), n(1)] });
    const back = await open({ action: 'copy', number: n(3), from: n(1) });
    await back.start(renderPlan(null, n(3), [n(3), n(2), n(1)], BOUNDS), null, 10_000);
    expect((await check(back, n(3))).kind).toBe('healthy');
    await back.prepare();
    await back.commit();
    await back.ended;
    expect([await greet(n(3)), await answers(n(2)), await live()]).toEqual(['one', false, `releases/${n(3)}`]);
    const gone = await open({ action: 'copy', number: n(4), from: 1 });
    const failure = await failureOf(gone.start(renderPlan(null, n(4), [n(4)], BOUNDS), null, 10_000));
    expect(failure).toMatchObject({ step: 'missing' });
  });

  test('that dies at its start says so at once, after its traceback', async () => {
    const session = await start(n(1), { 'main.py': 'import no_such_module\n' });
    const result = await check(session, n(1));
    expect(result).toEqual({ kind: 'died', death: { code: 1, signal: 0 } });
    expect(lines.join('\n')).toContain("ModuleNotFoundError: No module named 'no_such_module'");
    expect(await session.abort()).toBe(true);
    expect(await releases()).toEqual([]);
  });

  test('that was killed says by which signal', async () => {
    const session = await start(n(1), { 'main.py': 'import os\nos.kill(os.getpid(), 9)\n' });
    expect(await session.died).toEqual({ code: 256, signal: 9 });
    await session.abort();
  });

  test('with a syntax error is not started, and the place is shown', async () => {
    const failure = await failureOf(start(n(1), { 'main.py': SERVER('x'), 'lib/deep.py': 'def f(:\n    pass\n' }));
    expect(failure).toMatchObject({ step: 'check', code: 1 });
    expect(lines.join('\n')).toMatch(/File "lib\/deep\.py", line 1[\s\S]*SyntaxError/);
    expect([
      await eventually(async () => (await releases()).length === 0),
      existsSync(path.join(site.run, 'services')),
    ]).toEqual([true, false]);
  });

  test('whose build fails or takes too long leaves nothing', async () => {
    const failing = start(n(1), {}, { plan: { build: [['sh', '-c', 'echo no; exit 3']] } });
    expect(await failureOf(failing)).toMatchObject({ step: 'build', code: 3 });
    expect(lines).toContain('no');
    const session = await open({ action: 'deploy', number: n(2) });
    const slow = renderPlan({ ...PYTHON, build: [['sleep', '60']] }, n(2), [n(2)], { ...BOUNDS, stepSeconds: 1 });
    expect(await failureOf(session.start(slow, Readable.from([tarOf({})]), 20_000))).toMatchObject({
      step: 'build',
      code: 124,
    });
    await session.ended;
    expect(await releases()).toEqual([]);
  });

  test('is stopped at once in the middle of a build', async () => {
    const session = await open({ action: 'deploy', number: n(1) });
    const plan = renderPlan({ ...PYTHON, build: [['sleep', '60']] }, n(1), [n(1)], BOUNDS);
    const starting = failureOf(session.start(plan, Readable.from([tarOf({})]), 30_000));
    await eventually(() => events.includes('step build'));
    const before = Date.now();
    await session.abort();
    expect(Date.now() - before).toBeLessThan(4_000);
    expect(await starting).toBeInstanceOf(ReleaseFailure);
    expect(await releases()).toEqual([]);
  });

  test('that ignores TERM is killed when it is taken back', async () => {
    const session = await start(n(1), {
      'main.py': SERVER('x', 'import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)'),
    });
    await check(session, n(1));
    expect(await session.abort()).toBe(true);
    expect(await answers(n(1))).toBe(false);
    expect(await services()).toEqual([]);
  });

  test("started by a Procfile's line leaves nothing running that the line's shell had started", async () => {
    const line = 'true && python3 main.py'; // dash stays as the parent, and TERM ends only it
    await release(n(1), { 'main.py': SERVER('one') }, { plan: { start: { line } } });
    await release(n(2), { 'main.py': SERVER('two') }, { plan: { start: { line } }, kept: [n(2), n(1)] });
    expect([await answers(n(1)), await greet(n(2))]).toEqual([false, 'two']);
  });

  test('shares installed dependencies with releases of the same key, and a broken install is made anew', async () => {
    const dependencies = {
      key: 'k1',
      shared: true,
      install: [
        ['sh', '-c', 'echo installing; mkdir "$1/node_modules"; date +%N >"$1/node_modules/made"', 'sh', '$DEPS'],
      ],
      mount: 'symlink' as const,
    };
    await mkdir(path.join(site.app, 'deps/k1'), { recursive: true });
    await writeFile(path.join(site.app, 'deps/k1/half'), '');
    await release(n(1), { 'main.py': SERVER('x') }, { plan: { dependencies } });
    const made = () => readFile(path.join(site.app, 'current/node_modules/made'), 'utf8');
    const first = await made();
    expect(existsSync(path.join(site.app, 'deps/k1/half'))).toBe(false);
    await release(n(2), { 'main.py': SERVER('x') }, { plan: { dependencies }, kept: [n(2), n(1)] });
    expect(await made()).toBe(first);
    expect(events.filter((event) => event === 'cached')).toHaveLength(1);
    expect(lines.filter((line) => line === 'installing')).toHaveLength(1);
    const failing = { ...dependencies, key: 'k2', install: [['false']] };
    expect(await failureOf(start(n(3), { 'main.py': SERVER('x') }, { plan: { dependencies: failing } }))).toMatchObject(
      {
        step: 'install',
      },
    );
    expect(await eventually(() => !existsSync(path.join(site.app, 'deps/k2')))).toBe(true);
  });

  test('crashes that go on are started again at growing distances, and their output is bounded', async () => {
    const main = `${SERVER('x', 'import os, sys, threading, time').replace('serve_forever()', 'handle_request()')}print("line " * 200 * 500, flush=True)\nos._exit(7)\n`;
    await release(n(1), { 'main.py': main });
    const waited = async () =>
      Number(await readFile(path.join(site.run, `services/web-${n(1)}/wait`), 'utf8').catch(() => '0'));
    await answers(n(1));
    expect(await eventually(async () => (await waited()) >= 1)).toBe(true);
    expect(await eventually(() => answers(n(1)), 5_000)).toBe(true);
    expect(await eventually(async () => (await waited()) >= 2)).toBe(true);
    const log = path.join(site.run, `log/web-${n(1)}`);
    const sizes = await Promise.all(
      (await readdir(log)).map(async (name) => (await readFile(path.join(log, name))).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(BOUNDS.logBytesMax + 16_384);
  });

  test('an archive with more than one frame, odd names and an empty file arrives whole', async () => {
    const big = 'x'.repeat(900_000);
    const session = await open({ action: 'deploy', number: n(1) });
    const tar = tarOf({ 'main.py': SERVER('x'), 'big file.txt': big, "it's; $(odd).txt": '', 'ünï/cödé': 'y' });
    const chunks = Array.from({ length: Math.ceil(tar.length / 65_536) }, (_, index) =>
      tar.subarray(index * 65_536, (index + 1) * 65_536),
    );
    await session.start(renderPlan(PYTHON, n(1), [n(1)], BOUNDS), Readable.from(chunks), 10_000);
    const folder = path.join(site.app, `releases/${n(1)}`);
    expect((await readFile(path.join(folder, 'big file.txt'), 'utf8')).length).toBe(big.length);
    expect(await readdir(folder)).toContain("it's; $(odd).txt");
    expect(await readFile(path.join(folder, 'ünï/cödé'), 'utf8')).toBe('y');
    await session.abort();
  });

  test("a tree's own .lightkeeper folder, or a link of that name, is replaced", async () => {
    await release(n(1), { 'main.py': SERVER('x'), '.lightkeeper/start': 'exec false' });
    expect(await greet(n(1))).toBe('x');
  });
});

async function settle(number: number, kept: number[]): Promise<number> {
  const session = await site.engine.exec('site', {
    command: ['/.lightkeeper/release', 'settle', String(number), 'mark'],
  });
  const plan = renderPlan(null, number, kept, BOUNDS);
  session.stdout.resume();
  session.stdin.write(`${Buffer.byteLength(plan)}\n${plan}`);
  return session.exited;
}
