// Each kind of app that the site finds out how to run: pushed with real git, built in the real container, served.

import { expect, get, type Site, test, watch } from './setup/fixtures.ts';
import { remoteLines } from './setup/git.ts';
import { releasesOf } from './setup/releases.ts';

const INSTALLED = /^-----> Installing dependencies$/;
const REUSED = /^-----> Dependencies are unchanged since an earlier release$/;

const text = (site: Site, place = '') => get(`${site.address}${place}`).then(({ body }) => body);

test('a WSGI app, an ASGI app, a Node app with two npm packages, a static folder and Python with wheels each go live', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  const visitors = watch(site);
  const push = async (app: string): Promise<string[]> => {
    await workspace.use(clone, app);
    const pushed = await workspace.push(clone);
    expect(pushed, `${app}\n${pushed.stderr}`).toMatchObject({ code: 0 });
    return remoteLines(pushed);
  };

  await test.step('WSGI without a framework', async () => {
    expect((await push('wsgi'))[0]).toContain('gunicorn');
    expect(await text(site, '/some/place?and=more')).toContain('wsgi on 8002 at /some/place');
  });

  await test.step('ASGI without a framework', async () => {
    expect((await push('asgi'))[0]).toContain('uvicorn');
    expect(await text(site, '/some/place')).toContain('asgi at /some/place');
  });

  await test.step('Node with two packages from the npm registry', async () => {
    const lines = await push('node-deps');
    expect(lines).toContainEqual(expect.stringMatching(INSTALLED));
    expect(lines).toContainEqual(expect.stringMatching(/^ {7}added 2 packages/));
    expect(await text(site, '/x')).toContain('node: 2m and 2KB at /x');
  });

  await test.step('a second push without another dependency reuses them', async () => {
    await workspace.commit(clone, { 'notes.txt': 'only text\n' });
    const pushed = await workspace.push(clone);
    expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
    expect(remoteLines(pushed)).toContainEqual(expect.stringMatching(REUSED));
    expect(remoteLines(pushed)).not.toContainEqual(expect.stringMatching(INSTALLED));
    expect(await text(site)).toContain('node: 2m and 2KB');
  });

  await test.step('plain files', async () => {
    await push('static');
    expect(await text(site)).toContain('<h1>Plain files</h1>');
    expect(await text(site, '/about')).toContain('<h1>About</h1>');
    expect(await text(site, '/notes/')).toContain('<h1>Notes</h1>');
    expect(await get(`${site.address}/absent`)).toMatchObject({
      status: 404,
      body: expect.stringContaining('Nothing'),
    });
    expect((await get(`${site.address}/.env`)).status).toBe(404);
  });

  await test.step('Python with wheels of its own', async () => {
    const lines = await push('python-wheels');
    expect(lines).toContainEqual(expect.stringMatching(INSTALLED));
    expect(lines).toContainEqual(expect.stringMatching(/Successfully installed greeter-1\.0/));
    expect(await text(site, '/place')).toContain('greetings from a wheel at /place');
    await workspace.commit(clone, { 'notes.txt': 'only text\n' });
    expect(remoteLines(await workspace.push(clone))).toContainEqual(expect.stringMatching(REUSED));
    expect(await text(site, '/place')).toContain('greetings from a wheel at /place');
  });

  await test.step('three releases are kept, one runs', async () => {
    await expect
      .poll(() => releasesOf(site), { timeout: 20_000 })
      .toEqual({ folders: [6, 7, 8], services: [8], running: [8], current: 8 });
  });
  expect((await visitors.stop()).failed).toEqual([]);
});
