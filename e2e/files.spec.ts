// The way of somebody who has only a browser: a site, its greeting changed, a mistake refused, two editors at once. And what
// a hostile repository, a stranger and a member of less standing get.

import type { Page } from '@playwright/test';
import { test as browser, expectNoReload, launchByClick } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, api, expect, get, type Site, test } from './setup/fixtures.ts';
import { commitTree, mustGit } from './setup/git.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

interface FileAnswer {
  main: string;
  text: string;
  kind: string;
  entries: { name: string; kind: string; openable: boolean }[];
}

async function files(site: Site, path = '', commit = ''): Promise<FileAnswer> {
  const answer = await api(site, `/files?${new URLSearchParams({ path, ...(commit ? { commit } : {}) })}`);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return (await answer.json()) as FileAnswer;
}

function commit(site: Site, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return api(site, '/commits', { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) });
}

/** One line of the text, as a person replaces it. */
async function replaceLine(page: Page, start: string, line: string): Promise<void> {
  await page.locator('.cm-line', { hasText: start }).first().click();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.keyboard.insertText(line);
}

/** What stands in the editor, replaced as a whole, by the clipboard. */
async function fillCode(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: APP_URL });
  await page.bringToFront();
  await page.getByTestId('code').click();
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+v');
}

const APP = (greeting: string) =>
  `import http.server, os\nclass Page(http.server.BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_response(200)\n        self.end_headers()\n        self.wfile.write(b"${greeting}")\nhttp.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Page).serve_forever()\n`;

browser(
  'a newcomer changes the greeting with nothing but the browser, and a mistake is refused with the text kept',
  async ({ page }) => {
    const site = await launchByClick(page);
    const startedAt = Date.now();
    await page.getByRole('link', { name: 'Change the greeting' }).click();
    await expect(page.getByTestId('code')).toContainText('GREETING');
    await expect(page.getByRole('textbox', { name: 'What the commit says' })).toHaveValue('Change main.py');
    await expect(page.getByTestId('commit')).toBeDisabled();
    await expectNoReload(page, async () => {
      await replaceLine(page, 'GREETING =', 'GREETING = "Hello from the browser"');
      await page.keyboard.press('ControlOrMeta+s');
      await expect(page.getByTestId('commit-live')).toBeVisible({ timeout: 30_000 });
    });
    expect((await get(site.address)).body).toContain('Hello from the browser');
    browser
      .info()
      .annotations.push({ type: 'overview to changed greeting', description: `${Date.now() - startedAt} ms` });
    await expect(page.getByTestId('deployment-log')).toContainText('Live:');

    await fillCode(page, 'def greet(:\n    pass\n');
    await page.getByTestId('commit').click();
    await expect(page.getByTestId('commit-problem')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByTestId('code')).toContainText('def greet(:');
    expect((await get(site.address)).body).toContain('Hello from the browser');

    await fillCode(page, APP('Mended'));
    await page.keyboard.press('ControlOrMeta+s');
    await expect(page.getByTestId('commit-live')).toBeVisible({ timeout: 30_000 });
    await expect.poll(async () => (await get(site.address)).body).toContain('Mended');
  },
);

browser('a file is made, renamed and removed, each with a commit', async ({ page }) => {
  const site = await launchByClick(page);
  await page.getByRole('link', { name: 'Files' }).click();
  await page.getByRole('link', { name: 'New file' }).click();
  await page.getByRole('textbox', { name: 'Path of the file' }).fill('docs/note.md');
  await fillCode(page, '# A note\n');
  await expect(page.getByRole('textbox', { name: 'What the commit says' })).toHaveValue('Add docs/note.md');
  await page.getByTestId('commit').click();
  await expect(page.getByTestId('commit-live')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('textbox', { name: 'Path of the file' }).fill('note.md');
  await page.getByTestId('commit').click();
  await expect(page).toHaveURL(/path=note\.md$/);
  expect((await files(site)).entries.map(({ name }) => name)).toEqual(['Procfile', 'README.md', 'main.py', 'note.md']);
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove and deploy' }).click();
  await expect(page).toHaveURL(/\/files$/, { timeout: 30_000 });
  const list = page.getByRole('list', { name: 'Files' });
  await expect(list.getByRole('link', { name: /main\.py/ })).toBeVisible();
  await expect(list.getByText('note.md')).toHaveCount(0);

  await page.locator('summary', { hasText: 'main' }).click();
  await page.getByRole('list', { name: 'Commits' }).getByText('Add docs/note.md').click();
  await list.getByRole('link', { name: /^docs/ }).click();
  await list.getByRole('link', { name: /^note\.md/ }).click();
  await expect(page.getByTestId('file-text')).toHaveText('# A note');
  await expect(page.getByTestId('edit-file')).toHaveCount(0);
});

browser('of two editors the second is told that main has moved, and loses nothing', async ({ page, context }) => {
  const site = await launchByClick(page);
  const second = await context.newPage();
  for (const each of [page, second]) {
    await each.goto(`${APP_URL}/sites/${site.name}/files/edit?path=main.py`);
    await expect(each.getByTestId('code')).toContainText('GREETING');
  }
  await fillCode(page, APP('First'));
  await page.getByTestId('commit').click();
  await expect(page.getByTestId('commit-live')).toBeVisible({ timeout: 30_000 });
  await fillCode(second, APP('Second'));
  await second.getByTestId('commit').click();
  await expect(second.getByTestId('commit-moved')).toContainText('main has moved');
  await expect(second.getByTestId('code')).toContainText('Second');
  expect((await get(site.address)).body).toContain('First');
  await second.getByRole('button', { name: 'See what is new' }).click();
  await expect(second.getByTestId('commit-moved')).toContainText('This very file has changed');
  await second.getByRole('button', { name: 'Replace it with mine' }).click();
  await expect(second.getByTestId('commit-live')).toBeVisible({ timeout: 30_000 });
  await expect.poll(async () => (await get(site.address)).body).toContain('Second');
});

test('a script commits with the token, hears each line, and is refused with a sentence', async ({ site }) => {
  const { main } = await files(site);
  const change = { parent: main, message: 'Say hi', changes: [{ path: 'main.py', content: APP('Hi') }] };
  const lines = (await (await commit(site, change, { accept: 'application/x-ndjson' })).text())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { log?: string; commit?: string });
  expect(lines.some(({ log }) => log?.startsWith('-----> Live:'))).toBe(true);
  const made = lines.at(-1)?.commit ?? '';
  expect((await files(site)).main).toBe(made);
  expect((await get(site.address)).body).toBe('Hi');
  const log = await api(site, '/commits');
  expect(await log.json()).toMatchObject({ commits: [{ id: made, subject: 'Say hi', author: 'Guest' }, {}] });

  expect((await commit(site, change)).status).toBe(409);
  const broken = { parent: made, message: 'x', changes: [{ path: 'main.py', content: 'def (' }] };
  const refused = await commit(site, broken);
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({ error: { code: 'push-refused' } });
  expect((await files(site)).main).toBe(made);

  for (const path of ['../x', '/etc/passwd', '.git/config', 'a//b', 'a\u0000b', 'main.py/x', 'x'.repeat(300)]) {
    const answer = await commit(site, { parent: made, message: 'x', changes: [{ path, content: '' }] });
    expect([400, 422], path).toContain(answer.status);
  }
  for (const bad of [
    {},
    { ...change, parent: 'main' },
    { ...change, message: ' ' },
    { ...change, changes: [] },
    { ...change, changes: [{ path: 'a' }] },
    { ...change, parent: made, changes: Array.from({ length: 101 }, (_, n) => ({ path: `${n}`, content: '' })) },
  ]) {
    expect((await commit(site, bad)).status, JSON.stringify(bad).slice(0, 80)).toBe(400);
  }
  expect((await files(site)).main).toBe(made);
});

test('what a repository holds is never a page of ours, whatever it is called', async ({ site, workspace }) => {
  const clone = await workspace.clone(site);
  await workspace.commit(clone, {
    'evil.html': '<script>alert(1)</script>',
    'evil.png': '<html><script>alert(1)</script>',
    'evil.svg': '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    'dot.gif': Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64'),
    'latin1.txt': Buffer.from('caf\xe9\n', 'latin1'),
    '"><img src=x>.txt': 'named',
    'blob.bin': Buffer.from([0, 1, 2, 3]),
  });
  expect((await workspace.push(clone)).code).toBe(0);
  const raw = async (path: string) => {
    const answer = await api(site, `/raw?${new URLSearchParams({ path })}`);
    const header = (name: string) => answer.headers.get(name) ?? '';
    expect(answer.status).toBe(200);
    expect(header('content-security-policy')).toContain('sandbox');
    expect(header('content-disposition')).toMatch(/^attachment/);
    expect(header('x-content-type-options')).toBe('nosniff');
    await answer.arrayBuffer();
    return header('content-type');
  };
  expect(await raw('evil.html')).toBe('application/octet-stream');
  expect(await raw('evil.png')).toBe('application/octet-stream');
  expect(await raw('evil.svg')).toBe('image/svg+xml');
  expect(await raw('dot.gif')).toBe('image/gif');
  expect(await raw('"><img src=x>.txt')).toBe('application/octet-stream');
  expect(await (await api(site, '/files?path=latin1.txt')).json()).toMatchObject({ editable: false, binary: false });
  expect(await (await api(site, '/files?path=blob.bin')).json()).toMatchObject({ binary: true, text: null });
  for (const path of ['../config', '/etc/passwd', '-x', ':(top)Procfile', '.git/config']) {
    expect((await api(site, `/raw?${new URLSearchParams({ path })}`)).status, path).toBe(404);
    expect((await api(site, `/files?${new URLSearchParams({ path })}`)).status, path).toBe(404);
  }
  expect((await api(site, '/files?commit=--help')).status).toBe(404);

  const target = await mustGit(clone, ['hash-object', '-w', '--stdin'], { input: '/etc/passwd' });
  const tree = await mustGit(clone, ['mktree'], {
    input: `120000 blob ${target}\tlink\n100644 blob ${target}\tindex.html\n`,
  });
  const linked = await commitTree(clone, tree, null);
  await mustGit(clone, ['push', '-f', 'origin', `${linked}:refs/heads/aside`]);
  expect(await (await api(site, `/files?path=link&commit=${linked}`)).json()).toMatchObject({
    link: true,
    text: '/etc/passwd',
  });
  expect((await api(site, `/raw?path=link&commit=${linked}`)).status).toBe(404);
});

test('strangers find nothing, and who may only look cannot commit', async ({ site, neighbour }) => {
  const { main } = await files(site);
  const change = { parent: main, message: 'x', changes: [{ path: 'x', content: 'x' }] };
  const places: [string, RequestInit][] = [
    ['/files', {}],
    ['/raw?path=main.py', {}],
    ['/commits', {}],
    ['/commits', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(change) }],
  ];
  for (const [place, init] of places) {
    for (const authorization of [`Bearer ${neighbour.token}`, '']) {
      const headers = { ...(init.headers as Record<string, string>), authorization };
      const answer = await fetch(`${APP_URL}/api/sites/${site.name}${place}`, { ...init, headers });
      expect(answer.status, place).toBe(404);
      expect(await answer.json()).toMatchObject({ error: { code: 'not-found', message: 'There is no such site.' } });
    }
  }
  for (const page of ['/files', '/files/edit?path=main.py']) {
    expect((await fetch(`${APP_URL}/sites/${site.name}${page}`)).status, page).toBe(404);
  }
});

browser('a member who may look reads the files, and is offered no edit', async ({ page, request }) => {
  const own = await launchByClick(page);
  const launched = await request.post(`${APP_URL}/api/sites`, { data: {} });
  const other = (await launched.json()) as Site;
  await query(
    `insert into "Member" ("siteId", "userId", role)
     select site.id, (select "ownerId" from "Site" where name = $2), 'viewer' from "Site" site where site.name = $1`,
    [other.name, own.name],
  );
  await page.goto(`/sites/${other.name}/files?path=main.py`);
  await expect(page.getByTestId('file-text')).toContainText('GREETING');
  await expect(page.getByTestId('edit-file')).toHaveCount(0);
  expect((await page.goto(`/sites/${other.name}/files/edit?path=main.py`))?.status()).toBe(404);
  const { main } = await files(other);
  const answer = await page.request.post(`${APP_URL}/api/sites/${other.name}/commits`, {
    data: { parent: main, message: 'x', changes: [{ path: 'x', content: 'x' }] },
  });
  expect(answer.status()).toBe(403);
  await api(other, '', { method: 'DELETE' });
});
