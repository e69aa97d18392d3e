// How sessions end, and what must not end them: clients that vanish, pushes, a site that cannot take anybody in, and an SSH
// process that is killed.

import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, get, launch, remove, type Site, ssh, test } from './setup/fixtures.ts';
import { containerOf, listCgroups, SETTINGS } from './setup/host-state.ts';
import { must, type Ran, run } from './setup/programs.ts';
import { addKey, holdSession, makeKey, openTerminal, sshWords } from './setup/ssh.ts';

let site: Site;

test.beforeAll(async () => {
  site = await launch();
});

test.afterAll(() => remove(site));

/** The command lines of the site's processes, as the host sees them. */
async function processes(): Promise<string[]> {
  const { id } = await containerOf(site);
  const pids = (await listCgroups()).get(id) ?? [];
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))); // ended
  return lines.map((line) => line.replaceAll('\0', ' ').trim());
}

async function sleeping(): Promise<string[]> {
  return (await processes()).filter((line) => /^sleep 5432\d$/.test(line)).sort();
}

/** Two lines, what and what to do; nothing of our insides. */
function expectSentence(answer: Ran, sentence: RegExp) {
  expect(answer.code, answer.stderr).toBe(255);
  expect(answer.stdout).toBe('');
  expect(answer.stderr).toMatch(sentence);
  expect(answer.stderr.trim().split('\n')).toHaveLength(2);
  expect(answer.stderr).not.toMatch(/Error|\bat .+:\d+|docker|undefined|\/var\/lib/i);
}

test('a client that vanishes leaves nothing in the foreground, and what was put away on purpose stays', async ({
  workspace,
}) => {
  const key = await makeKey(workspace.dir, 'ed25519');
  await addKey(site, key);
  const command = holdSession(site, key, ['sleep 54320 | sleep 54321']);
  const terminal = await openTerminal(site, key, { columns: 80, rows: 24 });
  await terminal.says(/# /);
  terminal.type('nohup setsid sleep 54322 > /dev/null 2>&1 &\nsleep 54323 &\nsleep 54324\n');
  const all = ['54320', '54321', '54322', '54323', '54324'].map((seconds) => `sleep ${seconds}`);
  await expect.poll(sleeping).toEqual(all);

  await Promise.all([command.kill(), terminal.kill()]);

  await expect.poll(sleeping, { timeout: 10_000 }).toEqual(['sleep 54322']);
  expect(await ssh(site, 'nohup setsid sleep 54325 > /dev/null 2>&1 < /dev/null & sleep 0.5')).toMatchObject({
    code: 0,
  });
  await expect.poll(sleeping).toEqual(['sleep 54322', 'sleep 54325']);
  await ssh(site, 'pkill -x sleep');
});

test('a session stays open across a push', async ({ workspace }) => {
  const key = await makeKey(workspace.dir, 'ed25519');
  await addKey(site, key);
  const session = holdSession(site, key, ['echo ready; while read -r line; do echo "got $line"; done']);
  await session.says(/^ready$/m);
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'index.html': 'Pushed', Procfile: 'web: python3 -m http.server $PORT\n' });
  const pushed = await workspace.push(clone);
  expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
  expect((await get(site.address)).body).toBe('Pushed');

  session.type('after the push\n');
  await session.says(/^got after the push$/m);
  session.child.stdin.end();
  expect(await session.ended).toBe(0);
});

test('without a free process slot, one enters all the same or is told why, and it passes with what filled them', async ({
  workspace,
}) => {
  const key = await makeKey(workspace.dir, 'ed25519');
  await addKey(site, key);
  const fill = `import os, time
held = 0
while True:
    try: pid = os.fork()
    except OSError: break
    if pid == 0: time.sleep(100)
    held += 1
print("holding", held, flush=True)
time.sleep(100)`;
  await writeFile(path.join(workspace.dir, 'fill.py'), fill);
  const filler = holdSession(site, key, [`python3 -c '${fill}'`]);
  await filler.says(/holding \d+/);

  // The engine starts a process from outside, and needs a few threads for a moment: it may get them where a fork does not.
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const answer = await ssh(site, 'exec id -u');
    if (answer.code === 0) expect(answer).toEqual({ code: 0, stdout: '0\n', stderr: '' });
    else expectSentence(answer, /no free process slots \(limit 128\)/);
  }

  await filler.kill();
  await expect.poll(() => ssh(site, 'id -u'), { timeout: 10_000 }).toMatchObject({ code: 0, stdout: '0\n' });
});

test('a site whose container does not run says so, and lets its owner in again when it does', async () => {
  const worker = path.join(SETTINGS.dataDir, 'service', 'deploy');
  const { id } = await containerOf(site);
  await must('s6-svc', ['-p', worker]); // It would start the container again at once.
  try {
    await must('docker', ['-H', `unix://${SETTINGS.paths.engineSocket}`, 'kill', id]);
    expectSentence(await ssh(site, 'id -u'), /The site is not running/);
  } finally {
    await must('s6-svc', ['-c', worker]);
  }
  await expect.poll(() => ssh(site, 'id -u'), { timeout: 30_000 }).toMatchObject({ code: 0, stdout: '0\n' });
});

test('without the engine, one is told so, and enters again when it is back', async () => {
  const socket = SETTINGS.paths.engineSocket;
  await rename(socket, `${socket}.away`);
  try {
    expectSentence(await ssh(site, 'id -u'), /engine cannot be reached/);
  } finally {
    await rename(`${socket}.away`, socket);
  }
  expect(await ssh(site, 'id -u')).toMatchObject({ code: 0, stdout: '0\n' });
});

test('after a kill of the SSH process the host key is the same, and nothing of the old sessions runs', async ({
  workspace,
}) => {
  const key = await makeKey(workspace.dir, 'ed25519');
  await addKey(site, key);
  const knownHosts = path.join(workspace.dir, 'known_hosts');
  const scan = () => must('ssh-keyscan', ['-p', String(site.ssh.port), 'localhost']);
  await writeFile(knownHosts, await scan());
  const terminal = await openTerminal(site, key, { columns: 80, rows: 24 });
  await terminal.says(/# /);
  terminal.type('sleep 54326\n');
  await expect.poll(sleeping).toEqual(['sleep 54326']);

  await killService('ssh');

  const strict = ['-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${knownHosts}`];
  const [program = '', ...words] = sshWords(site, { key }, [], ['id -u']);
  const enter = () => run(program, [...strict, ...words]);
  await expect.poll(enter, { timeout: 20_000 }).toMatchObject({ code: 0, stdout: '0\n' });
  expect(await terminal.ended).toBe(255);
  await expect.poll(sleeping, { timeout: 10_000 }).toEqual([]);
  expect((await scan()).split('\n').sort()).toEqual((await readFile(knownHosts, 'utf8')).split('\n').sort());
});

/** As the kernel would: kill -9. The supervisor starts it anew. */
async function killService(name: string): Promise<void> {
  const pid = Number(await must('s6-svstat', ['-o', 'pid', path.join(SETTINGS.dataDir, 'service', name)]));
  if (!(pid > 1)) throw new Error(`${name} does not run`); // -1 would be everybody.
  process.kill(pid, 'SIGKILL');
}
