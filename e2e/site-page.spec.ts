// The one page of a site: what it tells to type works when typed, and it follows what happens without a reload.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expectNoReload, launchByClick, test } from './setup/browser.ts';
import { APP_URL, expect, get, type Site, ssh, status, type Workspace } from './setup/fixtures.ts';
import { must, type RunOptions, run } from './setup/programs.ts';

const VISITOR = {
  GIT_AUTHOR_NAME: 'Visitor',
  GIT_AUTHOR_EMAIL: 'visitor@example.org',
  GIT_COMMITTER_NAME: 'Visitor',
  GIT_COMMITTER_EMAIL: 'visitor@example.org',
};

/** A line as a person pastes it into a terminal. */
const type = (line: string, options: RunOptions) =>
  run('sh', ['-c', line], { ...options, env: { ...VISITOR, ...options.env } });

const textOf = async (page: Page, testId: string) => (await page.getByTestId(testId).textContent()) ?? '';

async function greet(dir: string, greeting: string): Promise<void> {
  const file = path.join(dir, 'main.py');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^GREETING = .*$/m, `GREETING = "${greeting}"`));
}

function greeting(site: Site): Promise<string | undefined> {
  return get(site.address).then(({ body }) => /<h1>(.*)<\/h1>/.exec(body)?.[1]);
}

test('the clone and push commands of the page work as they stand, and the open page follows the push', async ({
  page,
  workspace,
}) => {
  const site = await launchByClick(page);
  const cwd = workspace.dir;
  const clone = await type(await textOf(page, 'clone-command'), { cwd });
  expect(clone, clone.stderr).toMatchObject({ code: 0 });
  await greet(path.join(cwd, site.name), 'Typed from the page');

  await expectNoReload(page, async () => {
    const push = type(await textOf(page, 'push-command'), { cwd });
    await expect(page.getByTestId('deployment-summary')).toContainText('no. 2');
    await expect(page.getByTestId('deployment-summary')).toHaveAttribute('data-status', 'succeeded');
    await expect(page.getByTestId('deployment-summary')).toContainText(/Live.*Push · Say hello/);
    await expect(page.getByTestId('deployment-log')).toContainText(site.address);
    await expect(page.getByTestId('deployment-1')).toContainText('Earlier');
    await expect(page.getByRole('list', { name: 'Recent commits' })).toContainText('Say hello');
    expect((await push).code).toBe(0);
  });
  expect(await greeting(site)).toBe('Typed from the page');
});

test('a repository that somebody has already can be pushed with the commands of the page', async ({
  page,
  workspace,
}) => {
  const site = await launchByClick(page);
  const cwd = workspace.dir;
  await must('git', ['init', '-q', '-b', 'trunk', '.'], { cwd });
  await writeFile(path.join(cwd, 'index.html'), '<h1>Already mine</h1>');
  await must('sh', ['-c', 'git add -A && git commit -qm Mine'], { cwd, env: VISITOR });
  await page.getByText('From a repository that you have').click();
  for (const command of ['remote-command', 'first-push-command']) {
    const ran = await type(await textOf(page, command), { cwd });
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
  }
  expect(await greeting(site)).toBe('Already mine');
});

test('the SSH and git-over-SSH commands of the page let in with the password it shows', async ({ page, workspace }) => {
  const site = await launchByClick(page);
  await expect(page.getByTestId('ssh-password')).not.toContainText(site.ssh.password);
  await page.getByRole('button', { name: 'Show the password' }).click();
  const password = await textOf(page, 'ssh-password');
  const options = {
    cwd: workspace.dir,
    env: { GIT_SSH_COMMAND: `sshpass -p ${password} ${KNOWN_LATER}` },
  };

  const command = await textOf(page, 'ssh-command');
  const entered = await type(`sshpass -p ${password} ${command.replace(/^ssh /, `${KNOWN_LATER} `)} id -u`, options);
  expect(entered, entered.stderr).toMatchObject({ code: 0, stdout: '0\n' });

  await page.getByText('SSH', { exact: true }).click();
  await expect(page.getByTestId('clone-command')).toHaveText(`git clone ${site.git.ssh}`);
  const cloned = await type(await textOf(page, 'clone-command'), options);
  expect(cloned, cloned.stderr).toMatchObject({ code: 0 });
});

test('a copy button copies exactly the command it stands by', async ({ page, context }) => {
  const site = await launchByClick(page);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: APP_URL });
  const copies: [string, string][] = [
    ['Copy the clone command', `git clone ${site.git.httpWithToken}`],
    ['Copy the SSH command', site.ssh.command],
    ['Copy the password', site.ssh.password],
    ['Copy the address', site.address],
  ];
  for (const [button, text] of copies) {
    await page.getByRole('button', { name: button }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  }
});

test('a push that fails is told with its reason, the old release serves on, and one click rolls back', async ({
  page,
  workspace,
}) => {
  const site = await launchByClick(page);
  const clone = await workspace.clone(site);
  await greet(clone, 'Second');
  await pushAll(workspace, clone);
  await expectNoReload(page, async () => {
    await workspace.commit(clone, { 'main.py': 'def broken(:\n' });
    expect((await workspace.push(clone)).code).toBe(1);
    await expect(page.getByTestId('deployment-summary')).toHaveAttribute('data-status', 'failed');
    await expect(page.getByTestId('deployment-problem')).toContainText('still serves');
    await expect(page.getByTestId('deployment-log')).toContainText('SyntaxError');
    await expect(page.getByTestId('site-state')).toHaveText('Live');
    expect(await greeting(site)).toBe('Second');

    await page.getByTestId('deployment-1').getByRole('button', { name: 'Roll back' }).click();
    await expect(page.getByTestId('deployment-summary')).toContainText(/Live.*Roll back/);
    expect(await greeting(site)).toBe('Hello from Lightkeeper');
  });
});

test('commits and files of the repository are shown as the text they are', async ({ page, workspace }) => {
  const site = await launchByClick(page);
  const clone = await workspace.clone(site);
  const hostile = '<img src=x onerror=alert(1)>';
  await workspace.commit(
    clone,
    { 'notes.txt': hostile, 'main.py': await readFile(path.join(clone, 'main.py'), 'utf8') },
    hostile,
  );
  await pushAll(workspace, clone);
  const commits = page.getByRole('list', { name: 'Recent commits' });
  await expect(commits).toContainText(hostile);
  await page.getByRole('button', { name: 'Open notes.txt' }).click();
  await expect(page.locator('pre', { hasText: hostile })).toBeVisible();
  await page.getByRole('button', { name: 'Up from notes.txt' }).click();
  await expect(page.getByRole('button', { name: 'Open Procfile' })).toBeVisible();
  expect(await page.locator('img').count()).toBe(0);
});

test('a key added on the page lets in without a password, and a bad one is refused with a sentence', async ({
  page,
  workspace,
}) => {
  const site = await launchByClick(page);
  const key = path.join(workspace.dir, 'key');
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'visitor@laptop', '-f', key]);
  await page.getByText('Use an SSH key instead').click();
  await page.getByLabel('Public key').fill('ssh-ed25519 nonsense');
  await page.getByRole('button', { name: 'Add key' }).click();
  await expect(page.getByTestId('key-problem')).toBeVisible();

  await page.getByLabel('Public key').fill(await readFile(`${key}.pub`, 'utf8'));
  await page.getByRole('button', { name: 'Add key' }).click();
  await expect(page.getByText('visitor@laptop')).toBeVisible();
  await expect(page.getByTestId('key-problem')).toBeHidden();
  const flags = ['-i', key, '-o', 'IdentitiesOnly=yes', '-o', 'PasswordAuthentication=no'];
  const line = site.ssh.command.replace(/^ssh /, `${KNOWN_LATER} ${flags.join(' ')} `);
  expect(await type(`${line} id -u`, {})).toMatchObject({ code: 0, stdout: '0\n' });

  await page.getByRole('button', { name: 'Remove the key visitor@laptop' }).click();
  await expect(page.getByText('visitor@laptop')).toBeHidden();
  expect((await type(`${line} id -u`, {})).code).toBe(255);
});

test('the meters move with what the site uses', async ({ page }) => {
  const site = await launchByClick(page);
  const disk = page.getByTestId('meter-disk');
  await expect(disk).toContainText(' of ');
  const before = await textOf(page, 'meter-disk');
  const written = await ssh(site, 'head -c 60000000 /dev/urandom > /root/some && sync');
  expect(written, written.stderr).toMatchObject({ code: 0 });
  await expectNoReload(page, async () => {
    await expect(disk).not.toHaveText(before);
    await expect(disk).toContainText(/[5-9]\d.*MB of/);
  });
});

test('the row of pages shows where one is, on a phone and after it was turned', async ({ page }) => {
  const site = await launchByClick(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`/sites/${site.name}/settings`);
  const here = page.getByRole('link', { name: 'Settings', exact: true });
  await expect(here).toHaveAttribute('aria-current', 'page');
  for (const [width, height] of [
    [390, 844],
    [844, 390],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect(here).toBeInViewport({ ratio: 1 });
  }
});

test('deleting asks for the name, then the page leads home and the address belongs to nobody', async ({
  page,
  context,
}) => {
  const site = await launchByClick(page);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Delete this site…' }).click();
  const forEver = page.getByRole('button', { name: 'Delete for ever' });
  await expect(forEver).toBeDisabled();
  await page.getByLabel('Type the site’s name to confirm').fill(site.name);
  await forEver.click();
  await expect(page.getByTestId('notice-gone')).toBeVisible();
  await page.waitForURL(`${APP_URL}/`);
  await expect(page.getByTestId('your-site')).toHaveCount(0);
  await expect.poll(() => status(site.address)).toBe(404);
  await context.clearCookies();
  await page.goto(`/sites/${site.name}`);
  await expect(page.getByRole('heading', { name: 'No light here.' })).toBeVisible();
});

/** The host key is new to this machine: a person would answer "yes". */
const KNOWN_LATER = 'ssh -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR';

async function pushAll(workspace: Workspace, clone: string): Promise<void> {
  await type('git commit -qam Change || true', { cwd: clone });
  const pushed = await workspace.push(clone);
  expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
}
