// From a push to its text, beside a push to a path and the start of the same server; what the checkpoint before it costs;
// and twenty in a row under visitors.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { NEAR_FULL_SHARE } from '#lib/checkpoints/plan.ts';
import { must } from '../setup/programs.ts';
import { launch, remove, type Site, untilServed } from './instance.ts';
import { compare, type Figure, figureOf, summarize, timed } from './measure.ts';
import { startVisitors } from './visitors.ts';

const PUSHES = 20;
const REQUESTS_PER_SECOND = 200;

export async function benchPush(): Promise<Figure[]> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-bench-'));
  const sites: Site[] = [];
  const open = async () => {
    const site = await launch();
    sites.push(site);
    await untilServed(site.address);
    const clone = path.join(dir, site.name);
    await must('git', ['clone', '-q', site.git.httpWithToken, clone]);
    return { site, clone };
  };
  try {
    const [one, full] = [await open(), await open()];
    await must('git', ['init', '-q', '--bare', '-b', 'main', path.join(dir, 'bare.git')]);
    await must('git', ['remote', 'add', 'bare', path.join(dir, 'bare.git')], { cwd: one.clone });
    await fill(full.site);
    return [
      await compare(
        'push → new text served',
        RAW_IS,
        9,
        () => push(one),
        () => pushByHand(one.clone),
      ),
      await compare(
        'push, with a checkpoint before it',
        WITHOUT,
        9,
        () => push(one),
        () => push(full),
      ),
      await underVisitors(one),
    ];
  } finally {
    for (const site of sites) await remove(site);
    await rm(dir, { recursive: true, force: true });
  }
}

const RAW_IS = 'git push to a path + start of the server';
const WITHOUT = 'the same into a disk too full for checkpoints';

interface Pushed {
  site: Site;
  clone: string;
}

async function push({ site, clone }: Pushed): Promise<number> {
  const text = await change(clone);
  return timed(async () => {
    await must('git', ['push', '-q', 'origin', 'HEAD:main'], { cwd: clone });
    await untilServed(site.address, text);
  });
}

async function pushByHand(clone: string): Promise<number> {
  const text = await change(clone);
  return timed(async () => {
    await must('git', ['push', '-q', 'bare', 'HEAD:main'], { cwd: clone });
    await startByHand(clone, text);
  });
}

/** No checkpoint is made any more before a deployment: it would cost the tenant room. */
async function fill(site: Site): Promise<void> {
  const megabytes = Math.round((NEAR_FULL_SHARE + 0.05) * 1024);
  const command = `dd if=/dev/zero of=/root/filler bs=1M count=${megabytes} status=none`;
  const quiet = ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
  const login = ['-p', site.ssh.password, 'ssh', ...quiet, '-p', String(site.ssh.port), 'root@localhost', command];
  await must('sshpass', login);
}

/** How many visitors of the site got no answer of it while it was pushed to, again and again. */
async function underVisitors(pushed: Pushed): Promise<Figure> {
  const visitors = startVisitors(pushed.site.address, REQUESTS_PER_SECOND);
  for (let count = 0; count < PUSHES; count += 1) await push(pushed);
  const { asked, lost } = await visitors.stop();
  const name = `requests lost in ${PUSHES} pushes at ${Math.round(asked.perSecond)} a second`;
  return figureOf(name, 'requests', summarize([lost]), 'all that were asked', summarize([asked.count]));
}

let changes = 0;

async function change(clone: string): Promise<string> {
  changes += 1;
  const file = path.join(clone, 'main.py');
  const text = `Greeting number ${changes}.`;
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^GREETING = .*$/m, `GREETING = '${text}'`));
  await must('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.org', 'commit', '-qam', text], {
    cwd: clone,
  });
  return text;
}

async function startByHand(dir: string, text: string): Promise<void> {
  const server = spawn('python3', ['main.py'], { cwd: dir, env: { ...process.env, PORT: '17999' }, stdio: 'ignore' });
  try {
    await untilServed('http://127.0.0.1:17999/', text);
  } finally {
    server.kill('SIGKILL');
    await new Promise((resolve) => server.on('close', resolve));
  }
}
