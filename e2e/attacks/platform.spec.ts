// A tenant's own system turned against the platform: links where releases live, programs that lie or are gone, and
// nothing left at all. It is his site; nobody else's, and never the host's.

// biome-ignore-all lint/suspicious/noControlCharactersInRegex: a terminal's control sequences are what is looked for
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { api, expect, get, type Site, ssh, status, test, type Workspace, watch } from '../setup/fixtures.ts';
import { containerOf, countStarts, expectHostOk, readHost } from '../setup/host-state.ts';

let count = 0;

const DIES_AT_START = /^The site was stopped: its container ended 5 times within .*clone its repository/;

async function eventsOf(site: Site): Promise<string[]> {
  const { site: view } = (await (await api(site, '')).json()) as { site: { events: { text: string }[] } };
  return view.events.map(({ text }) => text);
}

/** Pushes a change; answers its exit code and what git printed. */
async function pushSomething(workspace: Workspace, clone: string): Promise<{ code: number; text: string }> {
  count += 1;
  await workspace.commit(clone, { 'note.txt': `${count}\n` });
  const { code, stdout, stderr } = await workspace.push(clone);
  return { code, text: stdout + stderr };
}

/** What a push must end with: the site live, or a sentence with a next step below it. */
const SENTENCE = /remote: -----> Failed: [A-Z].*\.\s*\nremote: {8}[A-Z].*/;

async function expectLiveOrTold(site: Site, pushed: { code: number; text: string }): Promise<void> {
  if (pushed.code === 0) {
    expect(pushed.text).toContain(`Live: ${site.address}`);
    expect((await get(site.address)).status).toBe(200);
  } else expect(pushed.text).toMatch(SENTENCE);
}

test('links that a tenant lays where releases live lead nowhere on the host', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const others = watch(neighbour);
  const canary = await mkdtemp('/var/tmp/lightkeeper-canary-');
  await writeFile(path.join(canary, 'kept'), 'kept');
  const clone = await workspace.clone(site);
  const traps = [
    `mkdir -p /app/moved && mv /app/releases /app/moved/ && ln -s ${canary} /app/releases`,
    `rm -rf /app/releases && ln -s /app/moved/releases /app/releases && rm -rf /app/deps && ln -s ${canary} /app/deps`,
    `rm -f /app/current && ln -s ${canary} /app/current`,
    `rm -rf /run/services && ln -s ${canary} /run/services`,
    `rm -rf /run/log && ln -s ${canary} /run/log`,
    'ln -sfn /proc/1/root/etc /app/current; rm -rf /app/releases; ln -s /.lightkeeper /app/releases',
  ];
  for (const trap of traps) {
    await ssh(site, trap);
    await expectLiveOrTold(site, await pushSomething(workspace, clone));
    expect(await readdir(canary), trap).toEqual(['kept']);
  }
  await rm(canary, { recursive: true });
  await expectHostOk(before, neighbour);
  expect((await others.stop()).failed).toEqual([]);
});

test('a push into a site without its programs ends with a sentence, and the repair it names works', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const clone = await workspace.clone(site);

  await ssh(site, 'mkdir /root/away; mv /usr/bin/tar /root/away/');
  const untarred = await pushSomething(workspace, clone);
  expect(untarred.code).not.toBe(0);
  expect(untarred.text).toMatch(SENTENCE);
  expect((await get(site.address)).status).toBe(200);

  await ssh(site, 'mv /root/away/tar /usr/bin/; mv /usr/bin/s6-svc /usr/bin/s6-svscanctl /root/away/');
  const unsupervised = await pushSomething(workspace, clone);
  expect(unsupervised.code).not.toBe(0);
  expect(unsupervised.text).toMatch(SENTENCE);

  await ssh(site, 'mv /root/away/s6-* /usr/bin/; mv /usr/bin/dash /root/away/');
  const shellless = await pushSomething(workspace, clone);
  expect(shellless.code).not.toBe(0);
  expect(shellless.text).toMatch(SENTENCE);
  expect(shellless.text).toContain('/bin/sh or another basic program is missing or broken');

  expect((await ssh(site, 'mv /root/away/dash /usr/bin/')).code).toBe(0);
  await ssh(site, 'rm -rf /app/*');
  await expectLiveOrTold(site, await pushSomething(workspace, clone));
  const repaired = await pushSomething(workspace, clone);
  expect(repaired.code, repaired.text).toBe(0);
  expect((await get(site.address)).status).toBe(200);
  await expectHostOk(before, neighbour);
});

test('a program that prints our own lines fools its owner alone, and below our lines', async ({
  site,
  neighbour,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  const fake = `#!/bin/sh
echo "-----> Live: http://evil.example (release 9, 0.1 s)"
printf '\\033[2J\\033]52;c;ZXZpbA==\\007\\r-----> Live: http://evil.example\\n'
mark=$(tr '\\0' '\\n' < /proc/$PPID/cmdline | grep -m1 ^lk-)
printf '\\n%s started\\n\\n%s prepared\\n\\n%s committed\\n' "$mark" "$mark" "$mark"
cat > /dev/null
exit 0
`;
  await ssh(site, 'mv /usr/bin/tar /root/tar; cat > /usr/bin/tar; chmod 755 /usr/bin/tar', { input: fake });
  const pushed = await pushSomething(workspace, clone);
  const lines = pushed.text.split('\n').filter((line) => line.includes('evil.example'));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toMatch(/^remote: {8}\S/);
  expect(pushed.text).not.toMatch(/\x1b\]52|\x1b\[2J/);
  expect((await get(neighbour.address)).status).toBe(200);

  await ssh(site, 'mv /root/tar /usr/bin/tar');
  const honest = await pushSomething(workspace, clone);
  expect(honest.code, honest.text).toBe(0);
  expect((await get(site.address)).status).toBe(200);
});

test('rm -rf / takes the site of whoever types it, and nothing else', async ({ site, neighbour, workspace }) => {
  const before = await readHost();
  const others = watch(neighbour);
  const clone = await workspace.clone(site);
  const container = await containerOf(site);
  await ssh(site, 'rm -rf / --no-preserve-root', { timeoutMs: 60_000 });
  expect((await get(neighbour.address)).status).toBe(200);

  const shell = await ssh(site, 'id');
  expect(shell.code).not.toBe(0);
  expect(shell.stderr).toMatch(/command not found|not running|no such file/i);
  const pushed = await pushSomething(workspace, clone);
  expect(pushed.code).not.toBe(0);
  expect(pushed.text).toMatch(SENTENCE);
  // Nothing is left that could start: after the fifth end it is not tried again, and he is told.
  expect((await api(site, '/restart', { method: 'POST' })).status).toBe(202);
  await expect.poll(() => eventsOf(site), { timeout: 40_000 }).toContainEqual(expect.stringMatching(DIES_AT_START));
  expect(await countStarts(container, 40)).toBeLessThan(7);
  await expect.poll(() => countStarts(container, 12), { timeout: 30_000 }).toBe(0);
  expect((await ssh(site, 'id')).stderr).toMatch(/The site was stopped: its container ended 5 times/);
  expect((await pushSomething(workspace, clone)).text).toMatch(SENTENCE);

  // The repository is not in his reach, so his code is there, and the rest of the platform is as it was.
  expect((await workspace.clone(site)).length).toBeGreaterThan(0);
  expect((await api(site, '')).status).toBe(200);
  expect([200, 502, 503]).toContain(await status(site.address));
  await expectHostOk(before, neighbour);
  expect((await others.stop()).failed).toEqual([]);
});
