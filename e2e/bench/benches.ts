// Each bench: the product's figure beside the same thing done by hand in the same run.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { must, run } from '../setup/programs.ts';
import { benchCheckpoints } from './checkpoints.ts';
import { benchDashboard } from './dashboard.ts';
import { benchHundred } from './hundred.ts';
import { BENCH_INSTANCE, ENGINE, launch, remove, type Site, untilReady, untilServed } from './instance.ts';
import { benchKeeper } from './keeper.ts';
import { compare, type Figure, timed } from './measure.ts';
import { benchWake } from './wake.ts';

export interface Bench {
  name: string;
  run(base: string): Promise<Figure[]>;
}

export const BENCHES: Bench[] = [
  { name: 'launch', run: (base) => benchLaunch(base) },
  { name: 'push', run: () => benchPush() },
  { name: 'ssh', run: () => benchSsh() },
  { name: 'request', run: () => benchRequest() },
  { name: 'wake', run: () => benchWake() },
  { name: 'checkpoints', run: () => benchCheckpoints() },
  { name: 'dashboard', run: () => benchDashboard() },
  { name: 'keeper', run: () => benchKeeper(BENCH_INSTANCE) },
  { name: 'hundred', run: () => benchHundred() },
];

/** Click → first 200: a ready site, and one made from nothing while the visitor waits. */
async function benchLaunch(base: string): Promise<Figure[]> {
  const ready = async () => {
    await untilReady(Number(BENCH_INSTANCE.LIGHTKEEPER_READY_SITES));
    return measureLaunch('live');
  };
  const byHand = () => dockerRun(base);
  return [
    await compare('click → 200, ready site', 'docker run until 200', 9, ready, byHand),
    await compare('click → 200, empty pool', 'docker run until 200', 7, () => measureLaunch('launching'), byHand),
  ];
}

/** Clicks until the answer is of the wanted kind, and times that click. All sites are deleted afterwards. */
async function measureLaunch(state: Site['state']): Promise<number> {
  const launched: Site[] = [];
  try {
    for (;;) {
      const start = performance.now();
      const site = await launch();
      launched.push(site);
      if (site.state !== state) continue;
      await untilServed(site.address);
      return performance.now() - start;
    }
  } finally {
    for (const site of launched) await remove(site);
  }
}

/** What one would type: the same limits, the same server, on the same engine. */
async function dockerRun(base: string): Promise<number> {
  const mounts = ['usr', 'etc', 'var'].flatMap((dir) => ['-v', `${base}/${dir}:/${dir}:ro`]);
  const limits = ['--memory', '256m', '--memory-swap', '256m', '--cpus', '1', '--pids-limit', '128'];
  const docker = (...args: string[]) => must('docker', ['-H', ENGINE, ...args]);
  const skeleton = (await docker('images', '--format', '{{.Repository}}:{{.Tag}}')).split('\n')[0] ?? '';
  let id = '';
  const took = await timed(async () => {
    id = (await docker('run', '-d', ...limits, ...mounts, skeleton, 'python3', '-m', 'http.server', '8000')).trim();
    const address = (await docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', id)).trim();
    await untilServed(`http://${address}:8000/`);
  });
  await docker('rm', '-f', id);
  return took;
}

/** Push of one changed line → the new text is served. */
async function benchPush(): Promise<Figure[]> {
  const site = await launch();
  await untilServed(site.address);
  const dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-bench-'));
  try {
    const clone = path.join(dir, 'clone');
    await must('git', ['clone', '-q', site.git.httpWithToken, clone]);
    await must('git', ['init', '-q', '--bare', '-b', 'main', path.join(dir, 'bare.git')]);
    await must('git', ['remote', 'add', 'bare', path.join(dir, 'bare.git')], { cwd: clone });
    const product = async () => {
      const text = await change(clone);
      return timed(async () => {
        await must('git', ['push', '-q', 'origin', 'HEAD:main'], { cwd: clone });
        await untilServed(site.address, text);
      });
    };
    const raw = async () => {
      const text = await change(clone);
      return timed(async () => {
        await must('git', ['push', '-q', 'bare', 'HEAD:main'], { cwd: clone });
        await startByHand(clone, text);
      });
    };
    return [await compare('push → new text served', 'git push to a path + start of the server', 9, product, raw)];
  } finally {
    await remove(site);
    await rm(dir, { recursive: true, force: true });
  }
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

/** `ssh HOST true` beside a bare exec in the same container. */
async function benchSsh(): Promise<Figure[]> {
  const site = await launch();
  await untilServed(site.address);
  const options = [
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
    '-F',
    '/dev/null',
  ];
  const login = ['-p', site.ssh.password, 'ssh', ...options, '-p', String(site.ssh.port), 'root@localhost', 'true'];
  const container = (await must('docker', ['-H', ENGINE, 'ps', '--format', '{{.Names}}'])).split('\n')[0] ?? '';
  try {
    const product = () => timed(() => must('sshpass', login));
    const raw = () => timed(() => must('docker', ['-H', ENGINE, 'exec', container, 'true']));
    return [await compare('ssh true', 'docker exec true', 9, product, raw)];
  } finally {
    await remove(site);
  }
}

/** Requests through the proxy beside requests straight to the container. */
async function benchRequest(): Promise<Figure[]> {
  const site = await launch();
  await untilServed(site.address);
  const map = await readFile(path.join(BENCH_INSTANCE.LIGHTKEEPER_DATA_DIR, 'run/routes.map'), 'utf8');
  const target = map
    .split('\n')
    .find((line) => line.startsWith(`${site.name}.`))
    ?.split(' ')[1];
  const rate = async (url: string) => {
    const host = new URL(site.address).host;
    const { stdout } = await run('wrk', ['-t1', '-c16', '-d3s', '-H', `Host: ${host}`, url]);
    return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN);
  };
  try {
    const product = () => rate(`http://127.0.0.1:${BENCH_INSTANCE.LIGHTKEEPER_HTTP_PORT}/`);
    return [
      await compare(
        'requests, 16 connections',
        'straight to the container',
        3,
        product,
        () => rate(`http://${target}/`),
        'requests/s',
      ),
    ];
  } finally {
    await remove(site);
  }
}
