// OpenSSH's own clients, run against a port of ours with nothing of this machine's configuration.

import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export interface Outcome {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

export interface Client {
  directory: string;
  /** Private key file; its line is what a site would keep. */
  keyFile: string;
  publicKey: string;
  /** Options that name host key file and identity, for `-o`-taking programs. */
  options: string[];
  ssh(port: number, args: string[], given?: RunOptions): Promise<Outcome>;
  run(file: string, args: string[], given?: RunOptions): Promise<Outcome>;
  start(file: string, args: string[], given?: RunOptions): ChildProcessWithoutNullStreams;
  remove(): Promise<void>;
}

export interface RunOptions {
  input?: Buffer | string;
  env?: Record<string, string>;
  user?: string;
  /** With it, sshpass types it and no key is offered. */
  password?: string;
  timeoutMs?: number;
}

export async function createClient(): Promise<Client> {
  const directory = await mkdtemp(path.join(tmpdir(), 'ssh-client-'));
  const keyFile = path.join(directory, 'id_ed25519');
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', keyFile]);
  const shared = [
    '-F',
    'none',
    ...option('UserKnownHostsFile', `${directory}/known_hosts`),
    ...option('StrictHostKeyChecking', 'no'),
    ...option('LogLevel', 'ERROR'),
  ];
  const withKey = [
    ...shared,
    ...option('IdentityFile', keyFile),
    ...option('IdentitiesOnly', 'yes'),
    ...option('BatchMode', 'yes'),
  ];
  const withPassword = [...shared, ...option('PubkeyAuthentication', 'no'), ...option('NumberOfPasswordPrompts', '1')];

  const start: Client['start'] = (file, args, { env = {}, password } = {}) => {
    const environment = { NODE_ENV: 'test', PATH: process.env.PATH, HOME: directory, ...env } as const;
    if (password === undefined) return spawn(file, args, { env: environment, cwd: directory });
    return spawn('sshpass', ['-e', file, ...args], { env: { ...environment, SSHPASS: password }, cwd: directory });
  };
  const run: Client['run'] = (file, args, given = {}) => collect(start(file, args, given), given);
  return {
    directory,
    keyFile,
    publicKey: (await readFile(`${keyFile}.pub`, 'utf8')).trim(),
    options: withKey,
    run,
    start,
    ssh(port, args, given = {}) {
      const options = given.password === undefined ? withKey : withPassword;
      return run('ssh', [...options, '-p', String(port), '-l', given.user ?? 'root', '127.0.0.1', ...args], given);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

function option(name: string, value: string): string[] {
  return ['-o', `${name}=${value}`];
}

function collect(child: ChildProcessWithoutNullStreams, { input, timeoutMs = 20_000 }: RunOptions): Promise<Outcome> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}
