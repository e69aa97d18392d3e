// The deploy worker is killed at each step of a push, of a rollback and of a change of variables: whoever asked is told the
// truth, the site serves one whole release throughout, and what was acknowledged is live.

import { untilConverged } from '../setup/check-state.ts';
import { query } from '../setup/database.ts';
import { api, expect, get, type Site, test, watch } from '../setup/fixtures.ts';
import { killAt, type Moment, type Statement } from '../setup/gate.ts';
import { remoteCommit, watchPush } from '../setup/git.ts';
import { containerOf } from '../setup/host-state.ts';
import { must } from '../setup/programs.ts';
import { reportSeconds } from '../setup/report.ts';
import { killService } from '../setup/services.ts';

test.setTimeout(90_000);

const SOON = { timeout: 45_000, intervals: [100] };
const switches = `new."liveDeploymentId" is distinct from old."liveDeploymentId" and old."liveDeploymentId" is not null`;
const PUSH: Moment[] = [
  {
    name: 'when its deployment has a row',
    table: 'Deployment',
    event: 'insert',
    when: `new.cause = 'push'`,
    done: true,
  },
  {
    name: 'when its commit was read',
    table: 'Deployment',
    event: 'update',
    when: `new.stack is not null and old.stack is null and new.cause = 'push'`,
    done: true,
  },
  { name: 'before the switch', table: 'Site', event: 'update', when: switches, done: false },
  {
    name: 'when the route has moved and the row does not know',
    table: 'Site',
    event: 'update',
    of: 'routedName',
    when: 'true',
    done: false,
  },
  {
    name: 'when all is done and the client not told',
    table: 'Deployment',
    event: 'update',
    of: 'log',
    when: `new.status = 'succeeded' and new.cause = 'push' and new.log like '%Live: %'`,
    done: false,
  },
];

for (const moment of PUSH) {
  test(`a push whose worker is killed ${moment.name} leaves one whole release, and the next push goes live`, async ({
    site,
    workspace,
  }) => {
    const clone = await workspace.clone(site);
    const first = await remoteCommit(clone);
    await workspace.commit(clone, { 'main.py': app('the pushed one') });
    await untilConverged();
    const visitors = watch(site);

    const push = await killAt(moment, async () => watchPush(clone));
    const since = performance.now();
    const { code, stderr } = await push.ended;
    expect(code, stderr).toBe(1);
    expect(await remoteCommit(clone), 'a push that is not acknowledged is not in the repository').toBe(first);
    reportSeconds(`push, killed ${moment.name}`, await untilConverged(undefined, { since }));
    expect((await get(site.address)).body, 'nor is it live').toContain('Hello from Lightkeeper');
    expect((await visitors.stop()).failed.slice(0, 3)).toEqual([]);

    const again = await workspace.push(clone);
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect((await get(site.address)).body).toContain('the pushed one');
    await untilConverged();
  });
}

const GIT: { who: string; kill: (siteId: string) => Promise<void> }[] = [
  { who: 'receive-pack', kill: killReceivePack },
  { who: 'the process that git speaks through', kill: () => killService('git-http') },
];

for (const { who, kill } of GIT) {
  test(`a push of which ${who} is killed right after the switch is in repository and site, or in neither`, async ({
    site,
    workspace,
  }) => {
    const clone = await workspace.clone(site);
    const first = await remoteCommit(clone);
    await workspace.commit(clone, { 'main.py': app('the pushed one') });
    const { siteId } = await containerOf(site);
    await untilConverged();
    const visitors = watch(site);

    const routed: Moment = {
      name: 'when the release is live and its client not told',
      table: 'Site',
      event: 'update',
      of: 'routedName',
      when: `new.id = '${siteId}'`,
      done: true,
    };
    const push = await killAt(routed, async () => watchPush(clone), { kill: () => kill(siteId) });
    const since = performance.now();
    const { code, stderr } = await push.ended;
    expect(code, stderr).not.toBe(0);
    reportSeconds(`push, killed ${who}`, await untilConverged(undefined, { since }));
    const isTaken = (await remoteCommit(clone)) !== first;
    expect((await get(site.address)).body).toContain(isTaken ? 'the pushed one' : 'Hello from Lightkeeper');
    expect((await visitors.stop()).failed.slice(0, 3)).toEqual([]);

    const again = await workspace.push(clone);
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect((await get(site.address)).body).toContain('the pushed one');
    await untilConverged();
  });
}

async function killReceivePack(siteId: string): Promise<void> {
  const pids = (await must('pgrep', ['-f', `receive-pack .*/${siteId}/`])).split('\n').filter(Boolean).map(Number);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

test('a rollback whose worker is killed right after the switch leads to the release that was asked for', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': app('the second one') });
  expect((await workspace.push(clone)).code).toBe(0);
  await untilConverged();
  const done: Moment = {
    name: 'after the switch of a rollback',
    table: 'Deployment',
    event: 'update',
    when: `old.runner is not null and new.runner is null and new.status = 'succeeded' and new.cause = 'rollback'`,
    done: false,
  };
  const asked = await killAt(done, () => post(site, '/rollback', {}));
  const since = performance.now();
  expect(asked.status).toBe(202);
  reportSeconds('rollback, killed after the switch', await untilConverged(undefined, { since }));
  await noJobs();
  expect((await get(site.address)).body).toContain('Hello from Lightkeeper');
  await untilConverged();
});

test('changed variables whose worker is killed before, in and after their restart are in force all the same', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': app('value', 'os.environ.get("VALUE", "none")') });
  expect((await workspace.push(clone)).code).toBe(0);
  await untilConverged();
  const begun: Omit<Statement, 'done'> = {
    name: 'when the restart has begun',
    table: 'Deployment',
    event: 'insert',
    when: `new.cause = 'environment'`,
  };
  const live: Omit<Statement, 'done'> = { name: 'at the switch', table: 'Site', event: 'update', when: switches };
  const moments: Moment[] = [
    { ...begun, done: false },
    { ...begun, done: true },
    { ...live, done: true },
  ];
  for (const [index, moment] of moments.entries()) {
    const changed = await killAt(moment, () =>
      patch(site, '/environment', { variables: { VALUE: `number ${index}` } }),
    );
    const since = performance.now();
    expect(changed.ok, await changed.text()).toBe(true);
    await expect.poll(async () => (await get(site.address)).body, SOON).toContain(`number ${index}`);
    reportSeconds(`variables, killed ${moment.name}`, await untilConverged(undefined, { since }));
  }
});

function app(words: string, expression = `"${words}"`): string {
  return `import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = str(${expression}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Page).serve_forever()
`;
}

async function noJobs(): Promise<void> {
  const waiting = async () =>
    (await query('select key from graphile_worker.jobs where attempts < max_attempts')).length;
  await expect.poll(waiting, SOON).toBe(0);
}

function post(site: Site, place: string, body: unknown): Promise<Response> {
  return send(site, 'POST', place, body);
}

function patch(site: Site, place: string, body: unknown): Promise<Response> {
  return send(site, 'PATCH', place, body);
}

function send(site: Site, method: string, place: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return api(site, place, { method, body: JSON.stringify(body), headers });
}
