// The deploy worker is killed at each step of a push, of a rollback and of a change of variables: whoever asked is told the
// truth, the site serves one whole release throughout, and what was acknowledged is live.

import { untilConverged } from '../setup/check-state.ts';
import { query } from '../setup/database.ts';
import { api, expect, get, type Site, test, watch } from '../setup/fixtures.ts';
import { killAt, type Moment, type Statement } from '../setup/gate.ts';
import { remoteCommit, watchPush } from '../setup/git.ts';
import { reportSeconds } from '../setup/report.ts';

test.setTimeout(90_000);

const SOON = { timeout: 45_000, intervals: [100] };
const switches = `new."liveDeploymentId" is distinct from old."liveDeploymentId" and old."liveDeploymentId" is not null`;
const PUSH: (Moment & { live: 'old' | 'new' })[] = [
  {
    name: 'when its deployment has a row',
    table: 'Deployment',
    event: 'insert',
    when: `new.cause = 'push'`,
    done: true,
    live: 'old',
  },
  {
    name: 'when its commit was read',
    table: 'Deployment',
    event: 'update',
    when: `new.stack is not null and old.stack is null and new.cause = 'push'`,
    done: true,
    live: 'old',
  },
  { name: 'before the switch', table: 'Site', event: 'update', when: switches, done: false, live: 'old' },
  {
    name: 'when the route has moved and the row does not know',
    table: 'Site',
    event: 'update',
    of: 'routedName',
    when: 'true',
    done: false,
    live: 'new',
  },
  {
    name: 'when all is done and the client not told',
    table: 'Deployment',
    event: 'update',
    when: `old.runner is not null and new.runner is null and new.status = 'succeeded' and new.cause = 'push'`,
    done: false,
    live: 'new',
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
    const text = (await get(site.address)).body;
    expect(text).toContain(moment.live === 'new' ? 'the pushed one' : 'Hello from Lightkeeper');
    expect((await visitors.stop()).failed.slice(0, 3)).toEqual([]);

    const again = await workspace.push(clone);
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect((await get(site.address)).body).toContain('the pushed one');
    await untilConverged();
  });
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
