// The attack of 2013 and its faster brothers: a tenant writes until he cannot. The limit is the kernel's, so what is
// tested is that it holds to the megabyte, that nobody else notices, and that his own site stays well.

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../setup/database.ts';
import { api, expect, openssh, type Site, ssh, test, watch } from '../setup/fixtures.ts';
import { DISK_SLACK_BYTES, expectHostOk, MB, pulse, readHost, TREES_BYTES } from '../setup/host-state.ts';

const REFUSED = /Disk quota exceeded/;

/** Runs the command over SSH until it prints the words; the client is then gone, as when somebody closes his window. */
function untilPrints(site: Site, command: string, words: RegExp): Promise<string> {
  const args = ['-p', site.ssh.password, 'ssh', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
  const target = ['-p', String(site.ssh.port), `${site.ssh.user}@${site.ssh.host}`, command];
  const child = spawn('sshpass', [...args, '-F', '/dev/null', ...target], { timeout: 60_000 });
  let text = '';
  return new Promise((resolve, reject) => {
    const read = (data: Buffer) => {
      text += data;
      if (words.test(text)) child.kill('SIGTERM');
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

async function usedBytes(site: Site): Promise<number> {
  const answer = (await (await api(site, '')).json()) as { site: { usage: { diskBytes: number } } };
  return answer.site.usage.diskBytes;
}

test('the attack of 2013 ends at its limit; the owner sees the red meter, deletes the file over SSH and is well again', async ({
  page,
  neighbour,
}) => {
  await page.goto('/');
  await page.getByTestId('launch').click();
  await expect(page.getByTestId('ssh-command')).toBeVisible();
  const { sites } = (await (await page.request.get('/api/sites')).json()) as { sites: Site[] };
  const site = sites[0] as Site;
  const meter = page.getByTestId('meter-disk');
  await expect(meter).toHaveAttribute('data-level', 'good');
  const before = await readHost();
  const [own, others] = [watch(site), watch(neighbour)];

  // A slow writer needs weeks for a gigabyte: dd leaves it the last 64 KB.
  const filled = await ssh(site, `head -c 64K /dev/zero > ~/room; sync; dd if=/dev/zero of=~/filler bs=1M; rm ~/room`);
  expect(filled.stderr).toMatch(REFUSED);
  const said = await untilPrints(site, 'while true; do date >> ~/1.bin; done', REFUSED);
  expect(said).toMatch(/(\/root\/1\.bin|date: write error): Disk quota exceeded/);

  await expect(meter).toHaveAttribute('data-level', 'bad');
  await expect(page.getByTestId('notice-disk')).toContainText('Disk is full: 1,024 MB of 1,024 MB. Writes fail until');
  const used = await usedBytes(site);
  expect(used).toBeLessThanOrEqual(site.limits.diskBytes);
  expect(used).toBeGreaterThan(site.limits.diskBytes - 8 * MB);
  const full = await readHost();
  const most = site.limits.diskBytes + DISK_SLACK_BYTES;
  expect(full.footprintBytes - before.footprintBytes).toBeLessThan(most + TREES_BYTES);
  expect(full.poolBytesUsed - before.poolBytesUsed).toBeLessThan(most);
  await expectHostOk(before, neighbour, { disk: site.limits.diskBytes, memory: 0 });

  const written = await ssh(site, 'wc -l < ~/1.bin && rm ~/filler && date >> ~/1.bin && tail -n 1 ~/1.bin');
  expect(written).toMatchObject({ code: 0, stderr: '' });
  expect(Number(written.stdout.split('\n')[0])).toBeGreaterThan(10);
  expect(written.stdout).toMatch(/UTC 20\d\d\n$/);
  await expect(meter).toHaveAttribute('data-level', 'good');
  await expect(page.getByTestId('notice-disk')).toBeHidden();
  await expectHostOk(before, neighbour);
  for (const { asked, failed } of [await own.stop(), await others.stop()]) {
    expect(failed).toEqual([]);
    expect(asked).toBeGreaterThan(20);
  }
  await page.request.delete(`/api/sites/${site.name}`);
});

test('thousands of files, holes, reservations and deleted files stay within the same limit', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const others = watch(neighbour);

  // Neither takes a byte, so neither is a way past the limit.
  const sparse = await ssh(
    site,
    'truncate -s 1T ~/sparse; fallocate -l 100G ~/wish; ls ~/wish 2>&1; rm -f ~/sparse ~/wish',
  );
  expect(sparse.stderr).toMatch(/File size limit exceeded\s*truncate/);
  expect(sparse.stderr).toMatch(/File size limit exceeded\s*fallocate/);
  expect(await usedBytes(site)).toBeLessThan(16 * MB);

  const filled = await ssh(site, 'fallocate -l 500M ~/one && fallocate -l 500M ~/two && du -sm ~');
  expect(filled.code, filled.stderr).toBe(0);
  const many = `import os
os.mkdir("/root/many")
try:
  for number in range(10**6):
    with open(f"/root/many/{number}", "wb") as file: file.write(b"x" * 3000)
except OSError as error:
  print(number, error.strerror)`;
  const files = await ssh(site, 'python3 -', { input: many });
  expect(files.stdout).toMatch(/^\d{4,} Disk quota exceeded/);
  const used = await usedBytes(site);
  expect(used).toBeLessThanOrEqual(site.limits.diskBytes);

  // A name that is gone still holds its blocks while a process has it open.
  await ssh(site, 'rm -rf ~/many ~/one');
  const open = await ssh(site, 'exec 3>~/open; rm ~/open; cat /dev/zero >&3; ls -A ~ | grep -c open; rm ~/two');
  expect(open.stderr).toMatch(REFUSED);
  expect(open.stdout.trim()).toBe('0');
  const full = await readHost();
  const most = site.limits.diskBytes + DISK_SLACK_BYTES;
  expect(full.footprintBytes - before.footprintBytes).toBeLessThan(most + TREES_BYTES);

  expect((await ssh(site, 'echo well > ~/again && cat ~/again')).stdout).toBe('well\n');
  await expectHostOk(before, neighbour);
  const { asked, failed } = await others.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(20);
});

test('a full disk still takes the owner in: a shell, sftp, and the sentence of a push that does not fit', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const clone = await workspace.clone(site);
  await ssh(site, 'dd if=/dev/zero of=~/filler bs=1M');
  expect(await ssh(site, 'id -u')).toMatchObject({ code: 0, stdout: '0\n' });
  const listed = await openssh(site, 'sftp', ['-P', String(site.ssh.port), `root@${site.ssh.host}`], {
    input: 'ls -l filler\n',
  });
  expect(listed.stdout).toMatch(/filler/);

  await workspace.commit(clone, { 'more.txt': 'more\n'.repeat(100_000) });
  const pushed = await workspace.push(clone);
  expect(pushed.code).not.toBe(0);
  expect(pushed.stderr).toContain(
    "The site's disk is full. Nothing was changed. Delete files over SSH, then push again.",
  );

  await ssh(site, 'rm ~/filler');
  const again = await workspace.push(clone);
  expect(again.code, again.stderr).toBe(0);
  await expectHostOk(before, neighbour);
});

test('a site that writes through to the disk without end keeps neither a commit nor a neighbour waiting', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const others = pulse(neighbour);
  const loop = 'while :; do dd if=/dev/zero of=/root/f bs=1M count=50 conv=fsync; sync; done';
  const hog = ssh(site, `timeout 12 sh -c '${loop}' 2>/dev/null; rm -f /root/f`);
  await sleep(2_000);
  const commits: number[] = [];
  const end = performance.now() + 8_000;
  while (performance.now() < end) {
    const start = performance.now();
    // A line in the write-ahead log that the commit has to wait for, and that changes no row.
    await query("select pg_logical_emit_message(true, 'attack', 'commit')");
    commits.push(performance.now() - start);
    await sleep(50);
  }
  await hog;
  const { failed, p95Ms } = await others.stop();
  expect(failed).toEqual([]);
  expect(p95Ms).toBeLessThan(500);
  // With a connection of its own each.
  expect(commits.toSorted((a, b) => a - b)[Math.floor(commits.length * 0.9)]).toBeLessThan(1_000);
  await expectHostOk(before, neighbour);
});
