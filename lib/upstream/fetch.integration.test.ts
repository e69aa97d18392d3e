import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitFiles, type GitHost, HOST_ADDRESS, openGitHost } from '../../e2e/setup/git-host.ts';
import type { GitSite } from '../git/conversation.ts';
import { createStarter } from '../git/repository.ts';
import { createStand, leftovers, type Stand } from '../git/test-stand.ts';
import { type FetchDeps, fetchUpstream, findUpstream } from './fetch.ts';
import { dropUpstreamRef, moveMain, readUpstreamRef, requireForward } from './main-ref.ts';

let stand: Stand;
let host: GitHost;
let site: GitSite;
let first: string;
let deps: FetchDeps;

beforeAll(async () => {
  stand = await createStand();
  host = await openGitHost();
  site = await stand.createSite('followed');
  first = await createStarter(site.repository, stand.deps.confinement.account);
  deps = { git: stand.deps, allow: [`${HOST_ADDRESS}/32`] };
});
afterAll(async () => {
  await host.close();
  await stand.close();
});

const never = new AbortController().signal;
const asking = (name: string, branch: string | null = null, bytesMax = 1024 ** 2) => ({
  url: host.url(name),
  branch,
  bytesMax,
});
const find = (name: string, branch: string | null = null) => findUpstream(deps, site.repository, asking(name, branch));

async function bring(name: string, bytesMax = 1024 ** 2): Promise<string> {
  const found = await find(name);
  await fetchUpstream(deps, site.repository, asking(name, null, bytesMax), found, () => {}, never);
  return readUpstreamRef(stand.deps, site.repository);
}

test('the default branch is found by itself, another by its name, and fetched with its history', async () => {
  const clone = await host.create('hello', { 'index.html': 'one' });
  await commitFiles(clone, { 'index.html': 'two' }, 'Two');
  const found = await find('hello');
  expect(found).toMatchObject({ branch: 'trunk', url: host.url('hello') });
  expect((await find('hello', 'trunk')).commit).toBe(found.commit);
  await expect(find('hello', 'absent')).rejects.toThrow(/no branch absent/);
  expect(await bring('hello')).toBe(found.commit);
  await expect(requireForward(stand.deps, site.repository, first, found.commit)).rejects.toThrow(/commits of its own/);
  await requireForward(stand.deps, site.repository, found.commit, found.commit);
  await moveMain(stand.deps, site.repository, found.commit, first);
  await expect(moveMain(stand.deps, site.repository, first, first)).rejects.toThrow();
  await dropUpstreamRef(stand.deps, site.repository);
  await expect(readUpstreamRef(stand.deps, site.repository)).rejects.toThrow();
});

test('a host that wants .git at the end is asked again so, and no redirect is followed anywhere else', async () => {
  await host.create('named.git', { 'index.html': 'x' });
  host.answer('/named/', 301, { location: host.url('named.git') });
  expect((await find('named')).url).toBe(host.url('named.git'));
  host.answer('/away', 302, { location: host.url('hello') });
  await expect(find('away')).rejects.toThrow(/at another address/);
});

test('a repository larger than a push may be is given up, and leaves nothing', async () => {
  await host.create('large', { noise: randomBytes(300_000).toString('hex') });
  await expect(bring('large', 100_000)).rejects.toThrow(/larger than the 98 KB/);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await leftovers(site.repository)).length).toBeLessThanOrEqual(1);
});

test.each([
  ['absent', /There is no repository at/],
  ['empty', /is empty/],
  ['private', /is private/],
])('a repository that is %s is told so', async (name, words) => {
  if (name === 'empty') await host.create('empty', {});
  if (name === 'private') host.answer('/private', 401, { 'www-authenticate': 'Basic realm="x"' });
  await expect(find(name)).rejects.toMatchObject({ code: 'not-fetched', message: expect.stringMatching(words) });
});

test('a closed address is never connected to, and plain http only where the operator allows it', async () => {
  const before = host.asked.length;
  const closed = { git: stand.deps, allow: [] };
  await expect(findUpstream(closed, site.repository, asking('hello'))).rejects.toMatchObject({ code: 'bad-target' });
  for (const url of [
    `http://localhost:${host.port}/hello`,
    'http://169.254.169.254/x',
    'https://[::1]/x',
    'https://10.0.0.1/x',
  ]) {
    await expect(findUpstream(deps, site.repository, { ...asking('x'), url })).rejects.toMatchObject({
      code: 'bad-target',
    });
  }
  expect(host.asked.length).toBe(before);
});
