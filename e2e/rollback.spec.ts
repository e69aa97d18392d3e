// Going back to an earlier release: over the API, with one command over SSH, and with the button on the site's page.

import { api, expect, get, openssh, remove, type Site, test, watch } from './setup/fixtures.ts';
import { mustGit } from './setup/git.ts';
import { TEST_INSTANCE } from './setup/test-instance.ts';

const text = (site: Site) => get(site.address).then(({ body }) => body);

test('the release before is live again by the API and by `ssh NAME@… rollback`, without an error for visitors', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  await workspace.use(clone, 'wsgi');
  expect(await workspace.push(clone)).toMatchObject({ code: 0 });
  await workspace.use(clone, 'asgi');
  expect(await workspace.push(clone)).toMatchObject({ code: 0 });
  expect(await text(site)).toContain('asgi at /');
  const visitors = watch(site);

  const asked = await api(site, '/rollback', { method: 'POST', body: '{}', headers: JSON_BODY });
  expect(asked.status).toBe(202);
  await expect.poll(() => text(site)).toContain('wsgi on 8004 at /');

  const gateway = `${site.name}@${site.ssh.host}`;
  const ran = await openssh(site, 'ssh', ['-p', TEST_INSTANCE.LIGHTKEEPER_SSH_GATEWAY_PORT, gateway, 'rollback']);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stdout).toContain(`${site.name} serves its earlier release again`);
  expect(await text(site)).toContain('asgi at /');

  const { failed } = await visitors.stop();
  expect(failed).toEqual([]);
  expect(await mustGit(clone, ['ls-remote', 'origin', 'main']), 'the branch stays where it was pushed').toContain(
    await mustGit(clone, ['rev-parse', 'HEAD']),
  );
});

test('a named release is rolled back to while it is kept, and refused with a sentence once it is not', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  for (const greeting of ['two', 'three', 'four']) {
    await workspace.commit(clone, { 'index.html': `${greeting}\n`, Procfile: 'web: python3 -m http.server $PORT\n' });
    expect(await workspace.push(clone)).toMatchObject({ code: 0 });
  }

  const gone = await api(site, '/rollback', { method: 'POST', body: '{"number":1}', headers: JSON_BODY });
  expect(gone.status).toBe(409);
  expect(JSON.stringify(await gone.json())).toContain('That release is no longer on the disk: three are kept.');
  expect(await text(site)).toContain('four');

  const asked = await api(site, '/rollback', { method: 'POST', body: '{"number":2}', headers: JSON_BODY });
  expect(asked.status).toBe(202);
  await expect.poll(() => text(site)).toContain('two');
});

test('a site of one release says over SSH that there is none to go back to', async ({ site }) => {
  const gateway = `${site.name}@${site.ssh.host}`;
  const ran = await openssh(site, 'ssh', ['-p', TEST_INSTANCE.LIGHTKEEPER_SSH_GATEWAY_PORT, gateway, 'rollback']);

  expect(ran.code).not.toBe(0);
  expect(ran.stderr).toContain('has no earlier release to go back to');
  expect((await get(site.address)).status).toBe(200);
});

test("the button on the site's page rolls back", async ({ page, workspace }) => {
  await page.goto('/');
  const site = await page.evaluate(async () => {
    const answer = await fetch('/api/sites', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    return (await answer.json()) as unknown as { name: string };
  });
  const launched = site as Site;
  try {
    await expect.poll(() => get(launched.address).then(({ status }) => status)).toBe(200);
    const clone = await workspace.clone(launched);
    await workspace.use(clone, 'wsgi');
    expect(await workspace.push(clone)).toMatchObject({ code: 0 });
    await page.goto(`/sites/${launched.name}`);
    await expect(page.getByTestId('deployment-2')).toContainText('Live');

    await page.getByRole('button', { name: /Roll back\s+to no\. 1/ }).click();

    await expect(page.getByTestId('deployment-3')).toContainText('Live');
    expect(await text(launched)).toContain('Hello from Lightkeeper');
    await expect(page.getByRole('button', { name: /Roll back\s+to no\. 2/ })).toBeEnabled();
  } finally {
    await remove(launched);
  }
});

const JSON_BODY = { 'content-type': 'application/json' };
