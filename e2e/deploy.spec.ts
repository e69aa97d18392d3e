// What a push that must not go live does: it is rejected with what failed and what to do, and nothing else changes.

import { readFile } from 'node:fs/promises';
import { api, expect, get, type Site, test, watch } from './setup/fixtures.ts';
import { git, remoteCommit, remoteLines, watchPush } from './setup/git.ts';
import { must } from './setup/programs.ts';
import { releasesOf } from './setup/releases.ts';
import { TEST_INSTANCE } from './setup/test-instance.ts';

const GREETING = 'Hello from Lightkeeper';
const ONLY_THE_FIRST = { folders: [1], services: [1], running: [1], current: 1 };
const UNTOUCHED = { timeout: 15_000, message: 'the failed release leaves nothing' };

const FAILURES = [
  {
    app: 'syntax-error',
    lines: [/^ {7}\s*File "main.py", line 6/, /def do_GET\(self\)/, /SyntaxError: expected ':'/],
    failed: 'A Python file has a syntax error.',
    hint: 'correct it and push again',
  },
  {
    app: 'crash-on-start',
    lines: [/^ {7}reading the settings$/, /^ {7}Traceback/, /^ {7}KeyError: 'database_url'$/],
    failed: 'The new release ended with exit code 1 before it answered.',
    hint: 'Its last lines are above; correct it and push again.',
  },
  {
    app: 'http-500',
    lines: [/^ {7}the database is not there$/],
    failed: 'The new release answers / with 500.',
    hint: "the app's own lines above say what went wrong",
  },
  {
    app: 'never-listens',
    lines: [/^ {7}working on something else$/],
    failed: `The new release does not answer http on port`,
    hint: 'on the port in the environment variable PORT',
  },
];

test('a syntax error, a crash at the start, HTTP 500 and silence are rejected with the reason; the old release serves throughout', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  const first = await remoteCommit(clone);
  const visitors = watch(site);

  for (const [index, { app, lines, failed, hint }] of FAILURES.entries()) {
    await workspace.use(clone, app);
    const { code, stderr, lines: told, tookMs } = await watchPush(clone).ended;

    expect(code, stderr).toBe(1);
    const said = told.map(({ text }) => text);
    for (const line of lines) expect(said, app).toContainEqual(expect.stringMatching(line));
    expect(said.at(-2)).toContain(`-----> Failed: ${failed}`);
    expect(said.at(-1)).toContain(hint);
    expect(said.at(-1)).toContain('What was live before still serves.');
    expect(stderr).toContain('! [remote rejected] HEAD -> main (pre-receive hook declined)');
    expect(tookMs).toBeLessThan(Number(TEST_INSTANCE.LIGHTKEEPER_CHECK_SECONDS) * 1_000 + 5_000);

    expect(await remoteCommit(clone), 'the ref is as it was').toBe(first);
    expect((await get(site.address)).body).toContain(GREETING);
    await expect.poll(() => releasesOf(site), UNTOUCHED).toEqual(ONLY_THE_FIRST);
    const deployment = await lastDeployment(site);
    expect(deployment).toMatchObject({ number: index + 2, status: 'failed', live: false, kept: false });
    expect(deployment?.problem).toContain(failed);
  }
  const { asked, failed } = await visitors.stop();

  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(100);
});

test('files that nothing can start are rejected with what would', async ({ site, workspace }) => {
  const clone = await workspace.clone(site);
  await git(clone, ['rm', '-q', 'Procfile', 'main.py']);
  await workspace.commit(clone, { 'notes.txt': 'nothing to run\n' });

  const pushed = await workspace.push(clone);

  expect(pushed.code).toBe(1);
  expect(pushed.stderr).toContain('Nothing here says how to start the site');
  expect(pushed.stderr).toContain('a Procfile with "web: your command" fits everything');
  expect((await get(site.address)).body).toContain(GREETING);
});

test('a push in whose middle the deploy worker is killed is rejected, and the next one goes live', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  const first = await remoteCommit(clone);
  const visitors = watch(site);
  await workspace.commit(clone, { Procfile: 'web: echo warming; sleep 5; exec python3 main.py\n' });

  const push = watchPush(clone);
  await push.line(/warming/);
  process.kill(await workerPid('deploy'), 'SIGKILL');
  const { code, stderr } = await push.ended;

  expect(code).toBe(1);
  expect(remoteLines({ stderr }).at(-1)).toBe(
    'The deploy service is restarting, and main stays as it was. Push again in a few seconds.',
  );
  expect(await remoteCommit(clone)).toBe(first);
  expect((await get(site.address)).body).toContain(GREETING);

  await workspace.commit(clone, { Procfile: 'web: python3 main.py\n', 'later.txt': 'later\n' });
  await expect.poll(async () => (await workspace.push(clone)).code, { timeout: 30_000 }).toBe(0);
  await expect
    .poll(() => deploymentOf(site, 2), { timeout: 60_000 })
    .toMatchObject({
      status: 'failed',
      problem: expect.stringContaining('interrupted'),
    });
  await expect
    .poll(() => releasesOf(site), { timeout: 30_000 })
    .toEqual({ folders: [1, 3], services: [3], running: [3], current: 3 });
  expect((await visitors.stop()).failed).toEqual([]);
});

async function lastDeployment(site: Site) {
  const { site: view } = (await (await api(site, '')).json()) as {
    site: { deployments: { number: number; status: string; problem: string; live: boolean; kept: boolean }[] };
  };
  return view.deployments.toSorted((a, b) => b.number - a.number)[0];
}

async function deploymentOf(site: Site, number: number): Promise<unknown> {
  return (await api(site, `/deployments/${number}`)).json();
}

/**
 * The process of a worker, made certain before anybody sends it a signal: s6-svstat says -1 while a service is down, which
 * kill(2) takes for every process of the machine.
 */
async function workerPid(name: string): Promise<number> {
  const service = `${TEST_INSTANCE.LIGHTKEEPER_DATA_DIR}/service/${name}`;
  const pid = Number(await must('s6-svstat', ['-o', 'pid', service]));
  if (!Number.isSafeInteger(pid) || pid <= 1) throw new Error(`the worker ${name} does not run (pid ${pid})`);
  expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).toContain(`workers/${name}.ts`);
  return pid;
}
