import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseQuarantine } from '#lib/git/confine.ts';
import type { GitSite } from '#lib/git/conversation.ts';
import type { GitDeps } from '#lib/git/deps.ts';
import { encodePkt, FLUSH } from '#lib/git/pkt-line.ts';
import type { NamedSite } from '#lib/git/site.ts';
import { ACCEPT, createStand, leftovers, type Stand } from '#lib/git/test-stand.ts';
import type { Access } from '#lib/sites/access.ts';
import { newUserToken } from '#lib/tokens/secret.ts';
import { createGitServer } from './server.ts';

const TOKEN = 'the-token-of-this-site';
let stand: Stand;
let port: number;
let close: () => void;
const sites = new Map<string, NamedSite>();
/** What users' tokens open, by site. */
const bearers = new Map<string, Record<string, Access>>();
let number = 0;

beforeAll(async () => {
  stand = await createStand();
  ({ port, close } = await serve(stand.deps));
});

afterAll(async () => {
  close();
  await stand.close();
});

beforeEach(() => stand.answerWith(ACCEPT));

async function launch(options: { pushBytesMax?: number } = {}): Promise<{ site: GitSite; url: string; tree: string }> {
  number += 1;
  const site = await stand.createSite(`site-${number}`, options);
  sites.set(site.name, { ...site, state: 'live', token: TOKEN });
  const tree = await stand.workTree(`tree-${number}`);
  const url = urlOf(site.name);
  await stand.git(tree, 'remote', 'add', 'origin', url);
  return { site, url, tree };
}

async function serve(git: GitDeps): Promise<{ port: number; close: () => void }> {
  const server = createGitServer({
    git,
    findSite: async (name) => sites.get(name) ?? null,
    accessWith: async (token, siteId) => (siteId === null ? null : (bearers.get(token)?.[siteId] ?? null)),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, close: end };
}

function urlOf(name: string, token = TOKEN, at = port): string {
  return `http://anyone:${token}@127.0.0.1:${at}/${name}.git`;
}

async function refsOf(site: GitSite): Promise<string> {
  return (await stand.git('/', `--git-dir=${site.repository}`, '-c', 'safe.directory=*', 'for-each-ref')).out;
}

async function commitFile(tree: string, name: string, content: string | Buffer): Promise<string> {
  await writeFile(path.join(tree, name), content);
  await stand.git(tree, 'add', '-A');
  await stand.git(tree, 'commit', '-q', '-m', `Add ${name}`);
  return (await stand.git(tree, 'rev-parse', 'HEAD')).out.trim();
}

test('what is pushed to main is asked about, stored and cloned again', async () => {
  const { site, url, tree } = await launch();
  const commit = await commitFile(tree, 'main.py', 'print(1)\n');
  const pushed = await stand.git(tree, 'push', 'origin', 'main');
  expect(pushed).toMatchObject({ code: 0 });
  const question = stand.questions.at(-1);
  expect(question).toMatchObject({ siteId: site.id, updates: [{ new: commit, ref: 'refs/heads/main' }] });
  expect(parseQuarantine(site.repository, question?.quarantine)).not.toBeNull();
  expect((await stand.git(stand.directory, 'clone', '-q', url, `clone-${site.name}`)).code).toBe(0);
  expect(await readFile(path.join(stand.directory, `clone-${site.name}`, 'main.py'), 'utf8')).toBe('print(1)\n');
});

test('the lines of a deployment reach the pusher as they are said, and a refusal leaves the ref', async () => {
  const { site, tree } = await launch();
  await stand.git(tree, 'push', 'origin', 'main');
  const before = await refsOf(site);
  await commitFile(tree, 'main.py', 'syntax error');
  stand.answerWith(async (_question, connection) => {
    connection.write('log Building with $(touch /tmp/x) %s \\n\n');
    await sleep(1_500);
    connection.write('log SyntaxError: line 1\nend 1\n');
  });
  const seen: { at: number; text: string }[] = [];
  const client = spawn('git', ['push', 'origin', 'main'], { cwd: tree, stdio: ['ignore', 'ignore', 'pipe'] });
  client.stderr.on('data', (chunk: Buffer) => seen.push({ at: Date.now(), text: chunk.toString() }));
  const [code] = await once(client, 'close');
  const first = seen.find(({ text }) => text.includes('remote: Building with $(touch /tmp/x) %s \\n'));
  const second = seen.find(({ text }) => text.includes('remote: SyntaxError: line 1'));
  expect(code).toBe(1);
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1_000);
  expect(seen.map(({ text }) => text).join('')).toContain('pre-receive hook declined');
  expect(await refsOf(site)).toBe(before);
  expect(await leftovers(site.repository)).toEqual([]);
});

test('another branch is stored with a line that it does not deploy, without asking', async () => {
  const { site, tree } = await launch();
  const asked = stand.questions.length;
  const pushed = await stand.git(tree, 'push', 'origin', 'main:feature/one');
  expect(pushed.code).toBe(0);
  expect(pushed.err).toContain('remote: The branch feature/one is stored. It does not deploy: only main does.');
  expect(stand.questions.length).toBe(asked);
  expect(await refsOf(site)).toContain('refs/heads/feature/one');
});

test('main cannot be deleted, and the pusher reads why', async () => {
  const { site, tree } = await launch();
  await stand.git(tree, 'push', 'origin', 'main');
  const pushed = await stand.git(tree, 'push', 'origin', ':main');
  expect(pushed.code).toBe(1);
  expect(pushed.err).toContain('remote: The branch main cannot be deleted');
  expect(pushed.err).toContain('[remote rejected] main (refused)');
  expect(await refsOf(site)).toContain('refs/heads/main');
});

test('a branch name that a shell would run is refused and nothing runs', async () => {
  const { site, tree } = await launch();
  for (const name of ['$(touch$IFS/tmp/lightkeeper-x)', '`id`', ';reboot', 'a|b&c', "a'b", 'a"b', '<img/src=x>']) {
    const pushed = await stand.git(tree, 'push', 'origin', `main:refs/heads/${name}`);
    expect(pushed.code, name).not.toBe(0);
    expect(pushed.err, name).toContain('has a name that is not taken here');
  }
  expect(await refsOf(site)).toBe('');
  await expect(readFile('/tmp/lightkeeper-x')).rejects.toThrow();
});

test('more than ten refs in a push are refused, as are refs that are neither branch nor tag', async () => {
  const { site, tree } = await launch();
  const many = Array.from({ length: 11 }, (_, index) => `main:refs/heads/b${index}`);
  expect((await stand.git(tree, 'push', 'origin', ...many)).err).toContain('changes more than 10 branches and tags');
  expect((await stand.git(tree, 'push', 'origin', 'main:refs/notes/x')).err).toContain('neither a branch nor a tag');
  expect((await stand.git(tree, 'push', 'origin', 'main:refs/lightkeeper/x')).err).toContain(
    'neither a branch nor a tag',
  );
  expect(await refsOf(site)).toBe('');
});

test('an oversize push is refused with its limit and leaves nothing', async () => {
  const { site, tree } = await launch({ pushBytesMax: 2 * 1024 ** 2 });
  await commitFile(tree, 'blob', randomBytes(5 * 1024 ** 2));
  const pushed = await stand.git(tree, 'push', 'origin', 'main');
  expect(pushed.code).toBe(1);
  expect(pushed.err).toContain('remote: The push is larger than the 2 MB that one push may have. Nothing was changed.');
  expect(await refsOf(site)).toBe('');
  expect(await leftovers(site.repository)).toEqual([]);
});

test('a push far past the limit still ends with the sentence', async () => {
  const { site, tree } = await launch({ pushBytesMax: 1024 ** 2 });
  await commitFile(tree, 'blob', randomBytes(40 * 1024 ** 2));
  const pushed = await stand.git(tree, 'push', 'origin', 'main');
  expect(pushed.code).not.toBe(0);
  expect(pushed.err).toContain('The push is larger than the 1 MB');
  expect(await refsOf(site)).toBe('');
});

test('of two pushes at the same time one wins and the other is told to pull, undeployed', async () => {
  const { site, url, tree } = await launch();
  await stand.git(tree, 'push', 'origin', 'main');
  await stand.git(stand.directory, 'clone', '-q', url, `second-${site.name}`);
  const second = path.join(stand.directory, `second-${site.name}`);
  await commitFile(tree, 'a', 'a');
  await commitFile(second, 'b', 'b');
  const asked = stand.questions.length;
  stand.answerWith(async (_question, connection) => {
    await sleep(1_000);
    connection.write('end 0\n');
  });
  const outcomes = await Promise.all([
    stand.git(tree, 'push', 'origin', 'main'),
    stand.git(second, 'push', 'origin', 'main'),
  ]);
  expect(outcomes.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(outcomes.find(({ code }) => code === 1)?.err).toContain('Another push has changed main in the meantime');
  expect(stand.questions.length).toBe(asked + 1);
});

test('a client killed in the middle of a push leaves no object behind', async () => {
  const { site, url, tree } = await launch();
  await commitFile(tree, 'blob', randomBytes(15 * 1024 ** 2));
  const stuck = url.replace(`:${port}/`, `:${await stuckRelay(port)}/`);
  const client = spawn('git', ['push', stuck, 'main'], { cwd: tree, stdio: 'ignore', detached: true });
  const closed = once(client, 'close');
  await until(async () => (await leftovers(site.repository)).length > 0);
  process.kill(-(client.pid ?? 0), 'SIGKILL');
  await closed;
  await until(async () => (await leftovers(site.repository)).length === 0);
  expect(await refsOf(site)).toBe('');
  stand.answerWith(ACCEPT);
  expect((await stand.git(tree, 'push', 'origin', 'main')).code).toBe(0);
});

test('without the deploy worker a push is refused with a sentence', async () => {
  const { site, tree } = await launch();
  const other = await serve({ ...stand.deps, hookSocket: '/nonexistent/hook.sock' });
  const pushed = await stand.git(tree, 'push', urlOf(site.name, TOKEN, other.port), 'main');
  other.close();
  expect(pushed.code).toBe(1);
  expect(pushed.err).toContain(
    'The deploy service is restarting, and main stays as it was. Push again in a few seconds.',
  );
  expect(await refsOf(site)).toBe('');
});

test('a push during a long deployment of the same site is told to wait, another site is not held up', async () => {
  const [busy, free] = [await launch(), await launch()];
  const other = await serve({ ...stand.deps, bounds: { ...stand.deps.bounds, lockWaitSeconds: 1 } });
  const deployed = Promise.withResolvers<void>();
  stand.answerWith(async ({ siteId }, connection) => {
    if (siteId === busy.site.id) await deployed.promise;
    connection.write('end 0\n');
  });
  const asked = stand.questions.length;
  const first = stand.git(busy.tree, 'push', 'origin', 'main');
  await until(async () => stand.questions.length > asked);
  const second = await stand.git(busy.tree, 'push', urlOf(busy.site.name, TOKEN, other.port), 'main');
  expect(second.code).toBe(1);
  expect(second.err).toContain('remote: Another push to this site is still under way.');
  expect((await stand.git(free.tree, 'push', 'origin', 'main')).code).toBe(0);
  deployed.resolve();
  expect((await first).code).toBe(0);
  other.close();
});

test('a client that goes away during the deployment leaves what is deployed and what is stored in agreement', async () => {
  const { site, tree } = await launch();
  const deployed = Promise.withResolvers<void>();
  stand.answerWith(async (_question, connection) => {
    await deployed.promise;
    connection.write('log Live.\nend 0\n');
  });
  const asked = stand.questions.length;
  const client = spawn('git', ['push', 'origin', 'main'], { cwd: tree, stdio: 'ignore', detached: true });
  const closed = once(client, 'close');
  await until(async () => stand.questions.length > asked);
  process.kill(-(client.pid ?? 0), 'SIGKILL');
  await closed;
  await sleep(200);
  deployed.resolve();
  await until(async () => (await refsOf(site)).includes('refs/heads/main'));
});

test('a compressed body that inflates past the limit ends, and nothing is stored', async () => {
  const { site } = await launch({ pushBytesMax: 1024 ** 2 });
  const command = `${'0'.repeat(40)} ${'a'.repeat(40)} refs/heads/main\0 report-status side-band-64k`;
  const section = Buffer.concat([encodePkt(command), FLUSH, Buffer.from('PACK\0\0\0\u0002\0\u0010\0\0')]);
  const body = gzipSync(Buffer.concat([section, Buffer.alloc(300 * 1024 ** 2)]));
  const answer = await fetch(`http://127.0.0.1:${port}/${site.name}.git/git-receive-pack`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}`,
      'content-type': 'application/x-git-receive-pack-request',
      'content-encoding': 'gzip',
    },
    body,
  });
  expect(await answer.text()).toContain('ng refs/heads/main');
  expect(await refsOf(site)).toBe('');
  expect(await leftovers(site.repository)).toEqual([]);
});

test('a wrong token, a foreign token and an absent site are answered alike', async () => {
  const { site } = await launch();
  sites.set('foreign-1', { ...site, name: 'foreign-1', state: 'live', token: 'another token' });
  const ask = async (name: string, token: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/${name}.git/info/refs?service=git-upload-pack`, {
      headers: { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` },
    });
    const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'));
    return { status: response.status, headers, text: await response.text() };
  };
  const absent = await ask('absent-1', TOKEN);
  expect(absent.status).toBe(401);
  expect(await ask(site.name, 'wrong')).toEqual(absent);
  expect(await ask('foreign-1', TOKEN)).toEqual(absent);
  const cloned = await stand.git(stand.directory, 'clone', urlOf('absent-1'), 'nothing');
  expect(cloned.err).toContain('There is no such site, or the token is not its token.');
});

test('a user’s token clones where its user may look, and pushes where he may develop', async () => {
  const [one, two] = [await launch(), await launch()];
  const token = newUserToken();
  bearers.set(token, { [one.site.id]: 'develop', [two.site.id]: 'view' });
  const push = (name: string, tree: string) => stand.git(tree, 'push', urlOf(name, token), 'HEAD:refs/heads/main');
  expect(await push(one.site.name, one.tree)).toMatchObject({ code: 0 });
  expect(await stand.git(stand.directory, 'clone', urlOf(two.site.name, token), 'seen')).toMatchObject({ code: 0 });
  const refused = await push(two.site.name, two.tree);
  expect(refused.code).not.toBe(0);
  expect(refused.err).toMatch(/remote: You may clone this site, and not push to it\.\nremote: Ask its owner/);
  expect(await refsOf(two.site)).toBe('');
  const rpc = await fetch(`http://127.0.0.1:${port}/${two.site.name}.git/git-receive-pack`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` },
  });
  expect(rpc.status).toBe(403);
  const unknown = await stand.git(stand.directory, 'ls-remote', urlOf(one.site.name, newUserToken()));
  expect(unknown.err).toContain('There is no such site, or the token is not its token.');
});

test('a site that is being launched, deleted or not mounted says so', async () => {
  const { site, url } = await launch();
  const found = sites.get(site.name);
  if (found) sites.set(site.name, { ...found, state: 'deleting' });
  expect((await stand.git(stand.directory, 'ls-remote', url)).err).toContain('The site is being deleted.');
  if (found) sites.set(site.name, { ...found, repository: `${found.repository}-away` });
  expect((await stand.git(stand.directory, 'ls-remote', url)).err).toContain('its repository is not in place yet');
});

test('who comes while the site is being launched waits for it, and reads what became of it', async () => {
  const { site, url } = await launch();
  const found = sites.get(site.name) as NamedSite;
  const cloneTo = (name: string) => stand.git(stand.directory, 'clone', '-q', url, name);
  const after = async (state: NamedSite['state']) => {
    sites.set(site.name, { ...found, state: 'launching' });
    const cloning = cloneTo(`early-${state}`);
    await sleep(1_000);
    sites.set(site.name, { ...found, state });
    return cloning;
  };
  expect(await after('live')).toMatchObject({ code: 0 });
  expect((await after('failed')).err).toContain('The site could not be launched yet, and is tried again.');
  expect((await after('deleting')).err).toContain('The site is being deleted.');
});

test('only the smart protocol is answered, at exactly its paths', async () => {
  const { site } = await launch();
  const headers = { authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}` };
  const status = async (target: string, method = 'GET') => {
    const args = [
      '-s',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      '--path-as-is',
      '-X',
      method,
      '-H',
      `authorization: ${headers.authorization}`,
    ];
    return new Promise<string>((resolve) => {
      execFile('curl', [...args, `http://127.0.0.1:${port}${target}`], { timeout: 10_000 }, (_fault, out) =>
        resolve(out),
      );
    });
  };
  const paths = [
    'objects/info/packs',
    'HEAD',
    'config',
    '../other-1.git/info/refs',
    '%2e%2e/info/refs',
    '/info/refs',
    'info/refs?service=git-x',
  ];
  const answers = await Promise.all(paths.map((each) => status(`/${site.name}.git/${each}`)));
  expect(answers).toEqual(['404', '404', '404', '404', '404', '404', '403']);
  expect(await status(`/${site.name}.git/git-receive-pack`)).toBe('404');
});

/** A relay that lets the first megabyte through and nothing after it. */
async function stuckRelay(to: number): Promise<number> {
  const relay = net.createServer((near) => {
    const far = net.connect(to, '127.0.0.1');
    let bytes = 0;
    near.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes < 1024 ** 2) far.write(chunk);
    });
    far.pipe(near);
    near.on('close', () => far.destroy()).on('error', () => far.destroy());
    far.on('close', () => near.destroy()).on('error', () => near.destroy());
  });
  relay.listen(0, '127.0.0.1').unref();
  await once(relay, 'listening');
  return (relay.address() as AddressInfo).port;
}

async function until(condition: () => Promise<boolean>, waitMs = 15_000): Promise<void> {
  const deadline = Date.now() + waitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come to be');
    await sleep(30);
  }
}
