// What a tenant pushes and what his builds print is read by the one worker that serves all sites. Text that is small to
// send and long to read must cost it nothing: while it is read, a neighbour's push takes no longer than ever.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, get, type Site, test, type Workspace } from '../setup/fixtures.ts';
import { watchPush } from '../setup/git.ts';
import { expectHostOk, readHost } from '../setup/host-state.ts';
import { must } from '../setup/programs.ts';

const PUSH_MS_MAX = 10_000;

/** Pushes the clone; a second later the neighbour pushes too, and is live in time. Answers what the pusher was told. */
async function pushBesideNeighbour(workspace: Workspace, clone: string, neighbour: Site): Promise<string> {
  const other = await workspace.clone(neighbour);
  await workspace.commit(other, { 'index.html': 'beside', Procfile: 'web: python3 -m http.server $PORT\n' });
  const slow = watchPush(clone);
  await Promise.race([slow.ended, new Promise((resolve) => setTimeout(resolve, 1_000))]);
  const start = performance.now();
  const pushed = await workspace.push(other);
  expect(performance.now() - start, 'a push beside it').toBeLessThan(PUSH_MS_MAX);
  expect(pushed.code, pushed.stderr).toBe(0);
  expect((await get(neighbour.address)).body).toBe('beside');
  const { stderr, tookMs } = await slow.ended;
  expect(tookMs).toBeLessThan(3 * PUSH_MS_MAX);
  return stderr;
}

const FILES: [string, Record<string, string>, RegExp][] = [
  [
    'a Procfile whose command is mostly blanks',
    { Procfile: `web: python3 main.py ${' '.repeat(200_000)}x\n` },
    /remote: -----> Python, python3 main\.py/,
  ],
  [
    'a module that imports without end',
    { 'wsgi.py': `from x ${'import '.repeat(30_000)}\n` },
    /remote: -----> Python, python3 main\.py/,
  ],
  [
    'requirements that name ten thousands of places',
    { 'requirements.txt': Array.from({ length: 60_000 }, (_, index) => `./${index % 10}`).join('\n') },
    /remote: -----> Failed: /,
  ],
];

const manyFiles = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`many/${index}`, '']));

for (const [what, files, told] of FILES) {
  test(`${what} holds up nobody`, async ({ site, neighbour, workspace }) => {
    const before = await readHost();
    const clone = await workspace.clone(site);
    await must('git', ['rm', '-qf', '--ignore-unmatch', 'Procfile'], { cwd: clone });
    await mkdir(path.join(clone, 'many'));
    await workspace.commit(clone, { ...manyFiles('requirements.txt' in files ? 4_000 : 0), ...files });
    expect(await pushBesideNeighbour(workspace, clone, neighbour)).toMatch(told);
    expect((await get(site.address)).status).toBe(200);
    await expectHostOk(before, neighbour);
  });
}

test('a build that prints lines of carriage returns is read in time, and holds up nobody', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const clone = await workspace.clone(site);
  await must('git', ['rm', '-rqf', '.'], { cwd: clone });
  const print = `for (let i = 0; i < 20; i++) console.log("\\r".repeat(60000) + "the end")`;
  const scripts = { build: `node -e '${print}'`, start: 'node server.js' };
  await workspace.commit(clone, {
    'package.json': JSON.stringify({ name: 'overwritten', version: '1.0.0', scripts }),
    'server.js': `require('http').createServer((_, answer) => answer.end('served')).listen(process.env.PORT)`,
  });
  const said = await pushBesideNeighbour(workspace, clone, neighbour);
  expect(said.match(/^remote: {8}the end/gm)).toHaveLength(20);
  expect(await get(site.address)).toEqual({ status: 200, body: 'served' });
  await expectHostOk(before, neighbour);
});
