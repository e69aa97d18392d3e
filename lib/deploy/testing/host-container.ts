// For tests: what a site's container is to a deployment, without an engine. The same scripts under a real s6, run on the
// host with their own /app and /run; the processes of the releases listen on the host's loopback.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ContainerState, Engine, ExecRequest, ExecSession } from '../../engine/engine.ts';

const SCRIPTS = path.resolve(import.meta.dirname, '../../../workers/container');

export const hasSupervisor = existsSync('/usr/bin/s6-svscan');

export interface HostContainer {
  app: string;
  run: string;
  engine: Engine;
  /** The scripts' processes that are still there, by their start. */
  execs: ChildProcess[];
  /** Stops everything that runs, as a container that is restarted; the disk stays. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

export async function startHostContainer(): Promise<HostContainer> {
  const root = await mkdtemp(path.join(tmpdir(), 'lk-site-'));
  const [app, run, tools] = ['app', 'run', 'tools'].map((name) => path.join(root, name)) as [string, string, string];
  await mkdir(app);
  await cp(SCRIPTS, tools, { recursive: true });
  await chmod(root, 0o755);
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: 'test',
    APP: app,
    RUN: run,
    TOOLS: tools,
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  };
  const execs: ChildProcess[] = [];
  let supervisor: ChildProcess;

  const start = async () => {
    await mkdir(run, { recursive: true });
    supervisor = spawn(path.join(tools, 'init'), [], { env, stdio: 'ignore', detached: true });
    const deadline = Date.now() + 5_000;
    while (!existsSync(path.join(run, 'service/.s6-svscan/control')) && Date.now() < deadline) await pause(5);
  };
  const stop = async () => {
    for (const child of execs) signalGroup(child, 'SIGKILL');
    const ended = new Promise((resolve) => supervisor.once('exit', resolve));
    supervisor.kill('SIGTERM');
    // A scan that was under way can leave it waiting for a logger; an engine kills after its grace as well.
    const grace = setTimeout(() => supervisor.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(grace);
    await rm(run, { recursive: true, force: true, maxRetries: 5 });
  };

  const exec = async (_siteId: string, { command }: ExecRequest): Promise<ExecSession> => {
    const [script = '', ...args] = command;
    const child = spawn(script.replace('/.lightkeeper', tools), args, { env, detached: true });
    execs.push(child);
    const exited = new Promise<number>((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? (signal ? 137 : 1)));
    });
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      resize: async () => {},
      exited,
      async hangUp() {
        signalGroup(child, 'SIGHUP');
        const late = setTimeout(() => signalGroup(child, 'SIGKILL'), 5_000);
        await exited;
        clearTimeout(late);
      },
    };
  };

  await start();
  const state: ContainerState = {
    ...{ siteId: '', generation: 1, instanceId: 'host', status: 'running', address: '127.0.0.1' },
    ...{ startedAt: new Date(), exitCode: null, outOfMemory: false },
  };
  const engine = new Proxy({ exec, inspect: async (siteId: string) => ({ ...state, siteId }) } as unknown as Engine, {
    get(target, name, receiver) {
      if (name in target) return Reflect.get(target, name, receiver);
      throw new Error(`a test container has no ${String(name)}`);
    },
  });
  return {
    ...{ app, run, engine, execs },
    async restart() {
      await stop();
      await start();
    },
    async remove() {
      await stop();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Held while this process uses the numbers behind it, so that another run of the tests takes others. */
let reservation: net.Server | null = null;

/**
 * A number whose next twenty releases have free ports, for tests that share the machine with other runs: release N
 * serves on 8000 + N. The number of the call before is given back.
 */
export async function freeNumber(): Promise<number> {
  reservation?.close();
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const first = 200 + 20 * Math.floor(Math.random() * 39);
    reservation = await listen(RESERVATIONS + first);
    if (!reservation) continue;
    const ports = Array.from({ length: 20 }, (_, index) => 8000 + first + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first;
    reservation.close();
  }
  throw new Error('no twenty free ports in a row between 8200 and 8999');
}

const RESERVATIONS = 18_000;

async function isFree(port: number): Promise<boolean> {
  const probe = await listen(port);
  if (!probe) return false;
  await new Promise((resolve) => probe.close(resolve));
  return true;
}

/** Null when the port is taken. */
function listen(port: number): Promise<net.Server | null> {
  const { promise, resolve } = Promise.withResolvers<net.Server | null>();
  const server = net.createServer();
  server.once('error', () => resolve(null));
  server.listen(port, '0.0.0.0', () => resolve(server.unref()));
  return promise;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits for the condition, at most this long; answers whether it came. */
export async function eventually(isSo: () => boolean | Promise<boolean>, msMax = 5_000): Promise<boolean> {
  const deadline = Date.now() + msMax;
  while (!(await isSo())) {
    if (Date.now() > deadline) return false;
    await pause(20);
  }
  return true;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended in between.
  }
}
