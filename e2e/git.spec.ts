// From a commit to the page: clone, change the greeting, push, over HTTP and over SSH, while visitors read.

import path from 'node:path';
import { api, expect, get, remoteShell, type Site, test, watch } from './setup/fixtures.ts';
import { git, mustGit, remoteCommit, remoteLines, watchPush } from './setup/git.ts';
import { startLoad } from './setup/load.ts';
import { must } from './setup/programs.ts';

/** The starter's greeting, changed as its page says: one line of main.py. */
async function greet(clone: string, greeting: string): Promise<void> {
  await must('sed', ['-i', `s/^GREETING = .*/GREETING = "${greeting}"/`, 'main.py'], { cwd: clone });
  await mustGit(clone, ['commit', '-qam', `Say ${greeting}`]);
}

function served(site: Site): Promise<string> {
  return get(site.address).then(({ body }) => /<h1>(.*)<\/h1>/.exec(body)?.[1] ?? body);
}

test('a push over HTTP and over SSH serves the new text, and no visitor sees an error meanwhile', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  const key = path.join(workspace.dir, 'key');
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const added = await api(site, '/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: await must('cat', [`${key}.pub`]) }),
  });
  expect(added.status).toBe(201);
  await mustGit(clone, ['remote', 'add', 'ssh', site.git.ssh]);
  const keyShell = `ssh -F /dev/null -o IdentitiesOnly=yes -o PasswordAuthentication=no -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -i ${key}`;
  const ways = [
    { greeting: 'Over HTTP', remote: 'origin', env: {} },
    { greeting: 'Over SSH with the password', remote: 'ssh', env: { GIT_SSH_COMMAND: remoteShell(site) } },
    { greeting: 'Over SSH with a key', remote: 'ssh', env: { GIT_SSH_COMMAND: keyShell } },
    { greeting: 'Over HTTP again', remote: 'origin', env: {} },
  ];

  const visitors = watch(site);
  const load = startLoad(site);
  for (const { greeting, remote, env } of ways) {
    await greet(clone, greeting);
    const pushed = await git(clone, ['push', remote, 'main'], { env });
    expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
    expect(await served(site)).toBe(greeting);
    expect(remoteLines(pushed).at(-1)).toMatch(/^-----> Live: http:\/\/\S+ \(release \d+, .+\)$/);
    expect(remoteLines(pushed).at(-1)).toContain(site.address);
  }
  const { requests, faults } = await load.stop();
  const { asked, failed } = await visitors.stop();

  expect(faults).toEqual([]);
  expect(failed).toEqual([]);
  expect(requests).toBeGreaterThan(200);
  expect(asked).toBeGreaterThan(20);
  expect(await remoteCommit(clone)).toBe(await mustGit(clone, ['rev-parse', 'HEAD']));
});

test("the log of a push arrives as it happens, with the app's own lines", async ({ site, workspace }) => {
  const clone = await workspace.clone(site);
  const slow = `import time\nfor step in range(1, 5):\n    print("warming", step, flush=True)\n    time.sleep(0.7)\n`;
  await workspace.commit(clone, { 'warm.py': slow, Procfile: 'web: python3 warm.py && exec python3 main.py\n' });

  const { code, lines, tookMs, stderr } = await watchPush(clone).ended;

  expect(code, stderr).toBe(0);
  const at = (pattern: RegExp) => lines.find(({ text }) => pattern.test(text))?.atMs ?? Number.NaN;
  expect(at(/^-----> Procfile|^-----> Python/)).toBeLessThan(tookMs - 2_000);
  expect(at(/^ {7}warming 2$/)).toBeLessThan(tookMs - 1_200);
  expect(at(/^ {7}warming 4$/)).toBeGreaterThan(at(/^ {7}warming 2$/) + 900);
  expect(lines.at(-1)?.text).toContain(site.address);

  const number = /\(release (\d+), /.exec(lines.at(-1)?.text ?? '')?.[1];
  const deployment = (await (await api(site, `/deployments/${number}`)).json()) as { log: string; status: string };
  expect(deployment.status).toBe('succeeded');
  for (const { text } of lines) expect(deployment.log).toContain(text);
});

test('a force push to an older commit deploys it', async ({ site, workspace }) => {
  const clone = await workspace.clone(site);
  const first = await mustGit(clone, ['rev-parse', 'HEAD']);
  await greet(clone, 'A mistake');
  expect(await git(clone, ['push', 'origin', 'main'])).toMatchObject({ code: 0 });
  expect(await served(site)).toBe('A mistake');

  await mustGit(clone, ['reset', '-q', '--hard', first]);
  const pushed = await git(clone, ['push', '--force', 'origin', 'main']);

  expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
  expect(await served(site)).toBe('Hello from Lightkeeper');
  expect(await remoteCommit(clone)).toBe(first);
});

test('of two pushes at once one goes live, the other is told to pull, and can push after that', async ({
  site,
  workspace,
}) => {
  const clones = [await workspace.clone(site), await workspace.clone(site)] as const;
  await greet(clones[0], 'From the left');
  await workspace.commit(clones[1], { 'right.txt': 'From the right\n' });

  const [left, right] = await Promise.all([
    git(clones[0], ['push', 'origin', 'main']),
    git(clones[1], ['push', 'origin', 'main']),
  ]);

  expect([left.code, right.code].sort()).toEqual([0, 1]);
  const loser = left.code === 0 ? 1 : 0;
  const told = left.code === 0 ? right.stderr : left.stderr;
  expect(told).toMatch(/Another push has changed main in the meantime|fetch first/);
  expect(await remoteCommit(clones[0])).toBe(await mustGit(clones[loser === 0 ? 1 : 0], ['rev-parse', 'HEAD']));

  await mustGit(clones[loser], ['pull', '-q', '--rebase', 'origin', 'main']);
  const again = await git(clones[loser], ['push', 'origin', 'main']);
  expect(again, again.stderr).toMatchObject({ code: 0 });
  expect(await served(site)).toBe('From the left');
});

test('a site without the right token answers as one that does not exist', async ({ site, neighbour, workspace }) => {
  const clone = await workspace.clone(site);
  const foreign = new URL(neighbour.git.http);
  foreign.username = 'git';
  foreign.password = site.token;
  const absent = new URL(foreign.href.replace(neighbour.name, 'no-such-site-1234'));

  for (const args of [['ls-remote'], ['push', '--force']]) {
    const [own, none] = await Promise.all(
      [foreign, absent].map((url) => git(clone, [...args, url.href, ...(args[0] === 'push' ? ['main'] : [])])),
    );
    expect(own?.code).not.toBe(0);
    expect(own?.stderr).toContain('There is no such site, or the token is not its token.');
    expect(own?.stderr.replaceAll(neighbour.name, 'no-such-site-1234')).toBe(none?.stderr);
  }
  expect((await get(neighbour.address)).body).toContain('Hello from Lightkeeper');
});
