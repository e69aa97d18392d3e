// What the kernel cannot limit, from the tenant's side: too many files, logs that never end, programs and containers that
// end again and again. Each is explained, stopped where it must be, and well again when its owner did what is said.

import os from 'node:os';
import { launchByClick, test } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { api, expect, get, type Site, ssh, status, watch } from './setup/fixtures.ts';
import { containerOf, MB, readCpuGroup, readHost, readKernelLimits } from './setup/host-state.ts';

interface Seen {
  held: { by: string; message: string; byOwner: boolean } | null;
  verdicts: { kind: string; level: string; text: string }[];
  events: { kind: string; text: string }[];
}

async function see(site: Site): Promise<Seen> {
  return ((await (await api(site, '')).json()) as { site: Seen }).site;
}

const verdictOf = async (site: Site, kind: string) =>
  (await see(site)).verdicts.find((verdict) => verdict.kind === kind) ?? null;

/** Serves, and does what a file on its disk asks for when it starts. */
const MOODY = `import os, subprocess, threading, time
from http.server import BaseHTTPRequestHandler, HTTPServer

def asked(name):
    try: return open("/root/" + name).read()
    except OSError: return ""

if asked("crash"):
    time.sleep(0.3)
    for name in ("wait", "crashes"):
        open("/run/services/web-" + os.environ["LIGHTKEEPER_RELEASE"] + "/" + name, "w").close()
    raise SystemExit(3)
if asked("deaths") and int(asked("deaths")) < 4:
    deaths = int(asked("deaths")) + 1
    open("/root/deaths", "w").write(str(deaths))
    subprocess.run(["pkill", "-KILL", "s6-svscan"])

def shout():
    while True: print("A" * 4000)

if asked("loud"): threading.Thread(target=shout, daemon=True).start()

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"well")

HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
`;

test('a site with too many files cannot make more, is told so, and is freed when it has deleted some', async ({
  site,
  neighbour,
}) => {
  const others = watch(neighbour);
  await query('update "Site" set "inodesMax" = 3000 where name = $1', [site.name]);
  await ssh(site, 'mkdir ~/many && cd ~/many && seq 4000 | xargs touch');
  await expect
    .poll(async () => (await verdictOf(site, 'inodes'))?.text, { timeout: 30_000 })
    .toMatch(/^Too many files: 4,\d\d\d of 3,000 files and folders\. The disk takes nothing more/);
  const more = async () => (await ssh(site, 'echo more >> ~/more')).stderr;
  await expect.poll(more, { timeout: 20_000 }).toContain('Disk quota exceeded');
  expect((await see(site)).events.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^Too many files: /));
  expect(await status(site.address)).toBe(200);

  expect((await ssh(site, 'rm -rf ~/many')).code).toBe(0);
  await expect.poll(() => verdictOf(site, 'inodes'), { timeout: 40_000 }).toBeNull();
  await expect.poll(more, { timeout: 20_000 }).toBe('');
  expect((await others.stop()).failed).toEqual([]);
});

test('a log that is flooded is told and not stopped, and what is written to the first process reaches nobody', async ({
  site,
  neighbour,
  workspace,
}) => {
  const others = watch(neighbour);
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': MOODY });
  expect((await workspace.push(clone)).code).toBe(0);
  await ssh(site, 'echo yes > ~/loud; pkill -f [m]ain.py');
  await expect
    .poll(async () => (await verdictOf(site, 'log'))?.text, { timeout: 40_000 })
    .toMatch(/^The log is flooded: the app writes .+ a second, and only the newest 2 MB are kept\.$/);
  expect((await get(site.address)).body).toBe('well');

  const before = (await readHost()).engineCpuSeconds;
  await ssh(site, 'timeout 4 yes > /proc/1/fd/1');
  expect((await readHost()).engineCpuSeconds - before).toBeLessThan(0.8);
  expect((await see(site)).held).toBeNull();
  expect((await others.stop()).failed).toEqual([]);
});

test('an app that keeps ending is stopped, its owner goes in and looks, and starts it again on its page', async ({
  neighbour,
  workspace,
  page,
}) => {
  test.slow();
  const site = await launchByClick(page);
  const others = watch(neighbour);
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': MOODY });
  expect((await workspace.push(clone)).code).toBe(0);
  await ssh(site, 'echo yes > ~/crash; pkill -f [m]ain.py');
  // Ten ends, with the second that is waited before each start.
  await expect.poll(async () => (await see(site)).held?.by ?? null, { timeout: 120_000 }).toBe('storm');
  const { message } = (await see(site)).held ?? { message: '' };
  expect(message).toMatch(/^The site was stopped: its app ended \d+ times within 5 minutes\.$/);
  await expect.poll(async () => (await get(site.address)).body).toContain('This site is stopped.');
  expect(await status(site.address)).toBe(503);

  const inside = 'until s6-svstat /run/services/web-2 | grep ^down; do sleep 0.2; done; rm ~/crash';
  expect((await ssh(site, inside, { timeoutMs: 20_000 })).stdout).toMatch(/^down/);
  expect((await ssh(site, '', { flags: ['-tt'], input: 'exit\n' })).stdout).toContain(message);

  expect((await api(site, '/restart', { method: 'POST' })).status).toBe(409);
  await expect(page.getByTestId('site-state')).toHaveText('Stopped');
  await expect(page.getByTestId('notice-held')).toContainText(message);
  await page.getByTestId('start-again').click();
  await expect.poll(async () => (await get(site.address)).body, { timeout: 20_000 }).toBe('well');
  await expect(page.getByTestId('held')).toHaveCount(0);
  expect((await see(site)).events.map(({ text }) => text)).toContain('You started the site again.');
  expect((await others.stop()).failed).toEqual([]);
});

test('a container that keeps ending is stopped with its reason, over SSH too, and started again', async ({
  site,
  neighbour,
  workspace,
}) => {
  const others = watch(neighbour);
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': MOODY });
  expect((await workspace.push(clone)).code).toBe(0);
  await ssh(site, 'echo 0 > ~/deaths; pkill -KILL s6-svscan');
  await expect.poll(async () => (await see(site)).held?.by ?? null, { timeout: 60_000 }).toBe('storm');
  const { message } = (await see(site)).held ?? { message: '' };
  expect(message).toMatch(
    /^The site was stopped: its container ended 5 times within a minute, the last time with exit code \d+\.$/,
  );
  await expect.poll(async () => (await get(site.address)).body).toContain('This site is stopped.');

  const refused = await ssh(site, 'true');
  expect(refused.code).toBe(255);
  expect(refused.stderr).toContain(message);
  await workspace.commit(clone, { 'note.txt': 'x' });
  const pushed = await workspace.push(clone);
  expect(pushed.code).not.toBe(0);
  expect(pushed.stderr).toContain(message);

  expect((await api(site, '/start', { method: 'POST' })).status).toBe(202);
  await expect.poll(async () => (await get(site.address)).body, { timeout: 20_000 }).toBe('well');
  expect((await others.stop()).failed).toEqual([]);
});

test('a release that goes live ends a storm; what an admin stopped takes none, and its owner cannot start it', async ({
  site,
  workspace,
}) => {
  const hold = (cause: string, reason: string) =>
    query(
      `with held as (update "Site" set "heldBy" = $2::"HoldCause", "heldFor" = $3, "heldAt" = now() where name = $1 returning id)
       select graphile_worker.add_job('converge', json_build_object('siteId', id)) from held`,
      [site.name, cause, reason],
    );
  const isStopped = () => expect.poll(async () => (await get(site.address)).body).toContain('This site is stopped.');
  await hold('storm', 'The site was stopped: its app ended 10 times within 5 minutes.');
  await isStopped();
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': MOODY });
  const cured = await workspace.push(clone);
  expect(cured.code, cured.stderr).toBe(0);
  expect((await get(site.address)).body).toBe('well');
  expect((await see(site)).held).toBeNull();

  await hold('admin', 'Mining is not welcome here.');
  await isStopped();
  const message = 'An admin stopped the site: Mining is not welcome here.';
  await workspace.commit(clone, { 'note.txt': 'x' });
  expect((await workspace.push(clone)).stderr).toContain(message);
  await expect.poll(async () => (await ssh(site, 'true')).stderr).toContain(message);
  const start = await api(site, '/start', { method: 'POST' });
  expect(start.status).toBe(403);
  expect(await start.text()).toContain('Only an admin can start the site');
  await isStopped();
});

test('on a busy machine who takes the processors stands behind the others, can be changed there, and is back when it is over', async ({
  site,
  neighbour,
}) => {
  const cores = os.availableParallelism();
  const [{ id }, { id: other }] = await Promise.all([containerOf(site), containerOf(neighbour)]);
  const limits = async () => readKernelLimits(id);
  const group = () => readCpuGroup(id);
  await expect.poll(() => readCpuGroup(other), { timeout: 20_000 }).toMatchObject({ isBehind: false });
  const beside = await readCpuGroup(other);
  await query('update "Site" set "cpuMillisMax" = $2 where name = $1', [site.name, cores * 1000]);
  await expect.poll(limits, { timeout: 30_000 }).toMatchObject({ cpuMillis: cores * 1000 });

  const loops = `for i in $(seq ${2 * cores}); do timeout 90 sh -c 'while :; do :; done' & done; wait`;
  const hogging = ssh(site, loops, { timeoutMs: 120_000 });
  await expect.poll(group, { timeout: 20_000 }).toMatchObject({ isBehind: true });
  await expect.poll(() => readCpuGroup(other), { timeout: 20_000, message: 'the neighbour' }).toEqual(beside);
  expect(await status(neighbour.address)).toBe(200);

  const memoryBytes = 200 * MB;
  await query('update "Site" set "memoryBytesMax" = $2 where name = $1', [site.name, memoryBytes]);
  await expect.poll(limits, { timeout: 30_000 }).toMatchObject({ memoryBytes });
  await expect.poll(group, { timeout: 20_000 }).toMatchObject({ isBehind: true });

  expect((await ssh(site, 'pkill -f "[w]hile :"')).code, 'a shell there').toBe(0);
  await hogging;
  await expect.poll(group, { timeout: 30_000 }).toEqual(beside);
});
