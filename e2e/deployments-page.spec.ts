// Everything that was deployed: who asked, what came of it, its log as it is printed, and having it again.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expectNoReload, launchByClick, test } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, api, expect, get, launch, remove, type Site, ssh } from './setup/fixtures.ts';
import { must, run } from './setup/programs.ts';

interface Told {
  number: number;
  cause: string;
  status: string;
  by: string | null;
  commit: string | null;
  problem: string | null;
}

async function listed(site: Site): Promise<Told[]> {
  const response = await api(site, '/deployments');
  expect(response.status).toBe(200);
  return ((await response.json()) as { deployments: Told[] }).deployments;
}

/** Of its launch: not the first where a worker was killed while the site was made ready. */
async function lastNumber(site: Site): Promise<number> {
  return (await listed(site))[0]?.number ?? 0;
}

const post = (site: Site, place: string, body: object) =>
  api(site, place, { method: 'POST', body: JSON.stringify(body) });

test('a deployment says who asked for it: the token, the password, or the key by its comment', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  const key = path.join(workspace.dir, 'key');
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ann"\\$(id)@laptop', '-f', key]);
  expect((await post(site, '/keys', { key: await readFile(`${key}.pub`, 'utf8') })).status).toBe(201);
  await must('git', ['remote', 'add', 'ssh', site.git.ssh], { cwd: clone });
  const push = async (text: string, command: string | null) => {
    await workspace.commit(clone, { 'note.txt': text });
    const env = command === null ? {} : { GIT_SSH_COMMAND: command };
    const pushed = await run('git', ['push', command === null ? 'origin' : 'ssh', 'HEAD:main'], { cwd: clone, env });
    expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
  };
  const client = 'ssh -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR';
  await push('by token', null);
  await push('by password', `sshpass -p ${site.ssh.password} ${client} -o PreferredAuthentications=password`);
  await push('by key', `${client} -i ${key} -o IdentitiesOnly=yes -o PasswordAuthentication=no`);
  // A ready site whose worker was ended in the middle of its launch has two launches.
  const all = await listed(site);
  expect(all.flatMap(({ cause, by }) => (cause === 'launch' ? [] : [by]))).toEqual([
    'the key ann"\\$(id)@laptop',
    'the site’s password',
    'the site’s token',
  ]);
  expect(all.every(({ cause, by }) => cause !== 'launch' || by === null)).toBe(true);
});

test('a commit is built anew without a push, visibly, and the live one is what is meant without a number', async ({
  site,
}) => {
  await ssh(site, 'echo kept > /root/kept');
  const before = await lastNumber(site);
  expect((await post(site, '/redeploy', {})).status).toBe(202);
  await expect
    .poll(async () => (await listed(site))[0], { timeout: 60_000 })
    .toMatchObject({
      ...{ number: before + 1, cause: 'redeploy', status: 'succeeded', by: 'the site’s token' },
    });
  const [again, first] = await listed(site);
  expect(again?.commit).toBe(first?.commit);
  expect((await get(site.address)).status).toBe(200);
  expect((await ssh(site, 'cat /root/kept')).stdout).toBe('kept\n');
});

test('a redeploy is refused while a deployment runs, for a number that is none, and says when its commit is gone', async ({
  site,
  workspace,
}) => {
  for (const number of [99, 0, -1, 1.5, '1', 10_000_000]) {
    const answer = await post(site, '/redeploy', { number });
    expect([400, 404], String(number)).toContain(answer.status);
  }
  const before = await lastNumber(site);
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { Procfile: 'web: sleep 600\n' });
  const pushing = workspace.push(clone);
  await expect.poll(async () => (await listed(site))[0]?.status, { timeout: 20_000 }).toBe('running');
  const refused = await post(site, '/redeploy', { number: 1 });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ error: { code: 'deployment-running' } });
  expect((await pushing).code).toBe(1);

  // The objects of the refused push were never taken.
  expect((await post(site, '/redeploy', { number: before + 1 })).status).toBe(202);
  await expect
    .poll(async () => (await listed(site))[0], { timeout: 60_000 })
    .toMatchObject({ number: before + 2, status: 'failed' });
  expect((await listed(site))[0]?.problem).toContain('is no longer in the repository');
  expect((await get(site.address)).status).toBe(200);
});

test('to a foreign token and to nobody there are no deployments, and a viewer may not deploy again', async ({
  site,
  browser,
}) => {
  const stranger = await launch();
  try {
    for (const headers of [{ authorization: `Bearer ${stranger.token}` }, {}] as HeadersInit[]) {
      const place = `${APP_URL}/api/sites/${site.name}`;
      expect((await fetch(`${place}/deployments`, { headers })).status).toBe(404);
      expect((await fetch(`${place}/deployments/1`, { headers })).status).toBe(404);
      expect((await fetch(`${place}/redeploy`, { method: 'POST', headers })).status).toBe(404);
    }
  } finally {
    await remove(stranger);
  }
  const context = await browser.newContext({ baseURL: APP_URL });
  try {
    const page = await context.newPage();
    const own = await launchByClick(page);
    await query(
      `insert into "Member" ("siteId", "userId", role)
       select s.id, o."ownerId", 'viewer' from "Site" s, "Site" o where s.name = $1 and o.name = $2`,
      [site.name, own.name],
    );
    const refused = await context.request.post(`/api/sites/${site.name}/redeploy`, { data: {} });
    expect(refused.status()).toBe(403);
    await page.goto(`/sites/${site.name}/deployments`);
    await expect(page.getByTestId('deployment-1')).toBeVisible();
    await expect(page.getByTestId('redeploy')).toHaveCount(0);
    await remove(own);
  } finally {
    await context.close();
  }
});

test('a page that cannot be one is absent, and "before" must be a number', async ({ site }) => {
  for (const before of ['x', '0', '-1', '1e3', '%00']) {
    expect((await api(site, `/deployments?before=${before}`)).status, before).toBe(400);
  }
  for (const number of ['0', 'x', '99', '1.5']) {
    expect((await api(site, `/deployments/${number}`)).status, number).toBe(404);
  }
});

test('the list follows a push, its page shows the log as it is printed with colours, and one click deploys again', async ({
  page,
  workspace,
}) => {
  test.setTimeout(120_000);
  const site = await launchByClick(page);
  await page.getByRole('link', { name: 'Deployments', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Deployments', level: 1 })).toBeVisible();
  const clone = await workspace.clone(site);
  await must('git', ['rm', '-rqf', '.'], { cwd: clone });
  const script =
    'printf "\\033[31mred words\\033[0m \\033]0;title\\007<img src=x onerror=alert(1)>\\n"; exec python3 -m http.server "$PORT"';
  await writeFile(path.join(clone, 'start.sh'), script);
  await workspace.commit(clone, { Procfile: 'web: sh start.sh\n', 'index.html': '<h1>Hello</h1>' }, '<b>Bold</b>');
  await expectNoReload(page, async () => {
    const pushed = await workspace.push(clone);
    expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
    await expect(page.getByTestId('deployment-2')).toContainText('Live');
    await expect(page.getByTestId('deployment-2')).toContainText('Push · <b>Bold</b>');
    await expect(page.getByTestId('deployment-1')).toContainText('Earlier');
  });
  await page.getByTestId('deployment-2').getByRole('link').click();
  await page.waitForURL(/\/deployments\/2$/);
  await expect(page.getByTestId('deployment-log')).toContainText(site.address);
  expect(await page.locator('img, b').count()).toBe(0);

  await page.getByTestId('redeploy').click();
  await page.waitForURL(/\/deployments\/3$/, { timeout: 30_000 });
  await expect(page.getByTestId('deployment-summary')).toHaveAttribute('data-status', 'succeeded', { timeout: 60_000 });
  await expect(page.getByTestId('deployment-log')).toContainText('Live:');

  await page.getByRole('link', { name: 'All deployments' }).click();
  await page.getByTestId('deployment-1').getByRole('button', { name: 'Roll back' }).click();
  await page.waitForURL(/\/deployments\/4$/, { timeout: 30_000 });
  await expect(page.getByTestId('deployment-summary')).toContainText('Roll back');
  await expect.poll(async () => (await get(site.address)).body).toContain('Lightkeeper');
});
