// The product's SSH beside OpenSSH's own server in the same container: a login, the first prompt, copies, a forward.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { must } from '../setup/programs.ts';
import { launch, remove, type Site, untilServed } from './instance.ts';
import { compare, type Figure, timed } from './measure.ts';
import { containerAddress } from './routes.ts';

const MEGABYTES = 64;
const RAW_IS = 'sshd in the container';
const SSHD_PORT = 2222;
const OPTIONS = [
  ...['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
  ...['-o', 'LogLevel=ERROR', '-o', 'ControlPath=none'],
];

/** Where one logs in as root with the site's password. */
interface Door {
  host: string;
  port: number;
  password: string;
}

export async function benchSsh(): Promise<Figure[]> {
  const site = await launch();
  const dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-bench-ssh-'));
  try {
    await untilServed(site.address);
    const door = { host: 'localhost', port: site.ssh.port, password: site.ssh.password };
    const raw = await openSshd(site, door);
    const file = path.join(dir, 'file');
    await must('dd', ['if=/dev/urandom', `of=${file}`, 'bs=1M', `count=${MEGABYTES}`]);
    return [
      await compare(
        'ssh true',
        RAW_IS,
        9,
        () => login(door),
        () => login(raw),
      ),
      await compare(
        'ssh → first prompt',
        RAW_IS,
        9,
        () => firstPrompt(door),
        () => firstPrompt(raw),
      ),
      await compare(
        'scp to the site',
        RAW_IS,
        5,
        () => copy(door, file),
        () => copy(raw, file),
        'MB/s',
      ),
      await compare(
        'sftp from the site',
        RAW_IS,
        5,
        () => fetchBack(door, dir),
        () => fetchBack(raw, dir),
        'MB/s',
      ),
      await compare(
        'through ssh -L',
        RAW_IS,
        5,
        () => forward(door),
        () => forward(raw),
        'MB/s',
      ),
    ];
  } finally {
    await remove(site);
    await rm(dir, { recursive: true, force: true });
  }
}

/** Installs and starts OpenSSH's server in the site, with the same password, and a server of files for the forward. */
async function openSshd(site: Site, door: Door): Promise<Door> {
  const root = (command: string) => must('sshpass', clientOf('ssh', door, [command]), { timeoutMs: 300_000 });
  await root('apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y openssh-server >/dev/null');
  await root(`mkdir -p /run/sshd && echo 'root:${door.password}' | chpasswd`);
  await root(`/usr/sbin/sshd -p ${SSHD_PORT} -o PermitRootLogin=yes -o UsePAM=no -o UseDNS=no`);
  await root(
    'cd /tmp && (setsid nohup python3 -m http.server 9000 --bind 127.0.0.1 >/dev/null 2>&1 </dev/null &) ; sleep 1',
  );
  return { ...door, host: await containerAddress(site), port: SSHD_PORT };
}

function clientOf(client: 'ssh' | 'scp' | 'sftp', { host, port, password }: Door, words: string[]): string[] {
  const place = client === 'ssh' ? ['-p', String(port), `root@${host}`] : ['-P', String(port)];
  return ['-p', password, client, ...OPTIONS, ...place, ...words];
}

function login(door: Door): Promise<number> {
  return timed(() => must('sshpass', clientOf('ssh', door, ['true'])));
}

/** From the client's start to a prompt that one can type at. */
function firstPrompt(door: Door): Promise<number> {
  const [option = '', password = '', ...words] = clientOf('ssh', door, []);
  return timed(
    () =>
      new Promise<void>((resolve, reject) => {
        const child = spawn('sshpass', [option, password, words[0] ?? '', '-tt', ...words.slice(1)]);
        let screen = '';
        child.stdout.on('data', (data) => {
          screen += data;
          if (!/[#$] [^\n]*$/.test(screen)) return;
          child.kill('SIGKILL');
          resolve();
        });
        child.on('close', () => reject(new Error(`no prompt: ${screen}`)));
        child.on('error', reject);
      }),
  );
}

async function copy(door: Door, file: string): Promise<number> {
  return rate(() => must('sshpass', [...clientOf('scp', door, ['-q', file]), `root@${door.host}:/tmp/file`]));
}

async function fetchBack(door: Door, dir: string): Promise<number> {
  const words = ['-q', `root@${door.host}:/tmp/file`, path.join(dir, 'back')];
  return rate(() => must('sshpass', clientOf('sftp', door, words)));
}

/** A download from the site's own loopback. */
async function forward(door: Door): Promise<number> {
  const [option = '', password = '', ...words] = clientOf('ssh', door, ['-N', '-L', '16900:127.0.0.1:9000']);
  const child = spawn('sshpass', [option, password, ...words], { stdio: 'ignore' });
  const closed = new Promise((resolve) => child.on('close', resolve));
  try {
    const curl = (...flags: string[]) =>
      must('curl', ['-sf', '-o', '/dev/null', ...flags, 'http://127.0.0.1:16900/file']);
    await curl('-I', '--retry', '50', '--retry-delay', '0', '--retry-all-errors', '--retry-max-time', '20');
    return await rate(() => curl());
  } finally {
    child.kill('SIGTERM');
    await closed;
  }
}

/** Megabytes a second. */
async function rate(work: () => Promise<unknown>): Promise<number> {
  return (1000 * MEGABYTES) / (await timed(work));
}
