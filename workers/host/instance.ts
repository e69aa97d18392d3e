// What an instance runs, in the order it starts: the list of its services, made from settings and what set-up found.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';
import { listFile } from '#lib/proxy/certificates.ts';
import { renderProxyConfig } from '#lib/proxy/config.ts';
import { COMPILE_ONLY } from '../process.ts';
import { type Cluster, postgresCommand } from './postgres.ts';
import { replaceFile } from './replace-file.ts';
import { runCommand } from './run-command.ts';
import { nodePath, PROJECT_DIR } from './runtime.ts';
import type { Service } from './services.ts';
import { hashSources, hashTexts } from './sources.ts';
import { envDir } from './variables.ts';
import { webDir } from './web-build.ts';

/** The processes in TypeScript, besides the web app. */
export const WORKERS = ['deploy', 'keeper', 'git-http', 'ssh'] as const;

type WorkerName = (typeof WORKERS)[number];

const COMPILE_MS = 120_000;

/** Names for what a service was made from, besides its command; see `Service.revision`. */
export interface Revisions {
  /** Of the variables that the workers and the web app get. */
  workers: string;
  web: string;
  /** Of the workers' code. */
  code: string;
}

const CODE = ['workers', 'lib', 'prisma', 'package-lock.json'];

export function hashCode(): Promise<string> {
  return hashSources(PROJECT_DIR, CODE);
}

/** The services that these settings have. */
export function expectedServices(settings: Settings): string[] {
  const ours = [
    ...(settings.databaseUrl ? [] : ['postgres']),
    ...(settings.dockerHost ? [] : ['engine']),
    'haproxy',
    ...WORKERS,
    'web',
  ];
  return ours.filter((name) => !settings.elsewhere.includes(name));
}

/** PostgreSQL, embedded, with a check before each start. */
export function postgresService(settings: Settings, cluster: Cluster): Service {
  return {
    name: 'postgres',
    command: postgresCommand(cluster),
    user: cluster.user.name,
    workingDir: cluster.dir,
    envDir: envDir(settings, 'host'),
    before: beforeStart(settings, 'postgres'),
    oomScoreAdj: -900,
    stopSignal: 'SIGINT',
  };
}

export function engineService(settings: Settings, plan: { argv: string[]; config: unknown }): Service {
  return {
    name: 'engine',
    command: plan.argv,
    user: null,
    workingDir: '/',
    envDir: envDir(settings, 'host'),
    before: beforeStart(settings, 'engine'),
    revision: hashTexts(JSON.stringify(plan.config)),
    oomScoreAdj: -900,
  };
}

/** HAProxy with its configuration file, which is written here. */
export async function proxyService(settings: Settings): Promise<Service> {
  const appHost = new URL(settings.appUrl).hostname;
  const waker = path.join(settings.paths.runtime, 'proxy/waker.lua');
  const pagesDir = path.join(settings.paths.runtime, 'pages');
  const text = renderProxyConfig({
    binds: [`${settings.bind}:${settings.httpPort}`],
    appHosts: appHost === 'localhost' ? ['localhost', '127.0.0.1'] : [appHost],
    webAddress: `127.0.0.1:${settings.webPort}`,
    gitSocket: settings.paths.gitSocket,
    terminalSocket: settings.paths.terminalSocket,
    adminSocket: settings.paths.proxySocket,
    mapFile: settings.paths.proxyMap,
    movedFile: settings.paths.movedMap,
    domainsFile: settings.paths.domainsMap,
    secureFile: settings.paths.secureMap,
    challengesFile: settings.paths.challengesMap,
    https: settings.httpsPort
      ? { binds: [`${settings.bind}:${settings.httpsPort}`], list: listFile(settings.paths.certificates) }
      : null,
    waker: { script: waker, socket: settings.paths.wakeSocket },
    requestsSocket: settings.paths.requestsSocket,
    appUrl: settings.appUrl,
    pagesDir,
    user: 'haproxy',
  });
  const file = path.join(settings.dataDir, 'haproxy.cfg');
  await replaceFile(file, text, 0o600);
  const { proxyMap, movedMap, domainsMap, secureMap, challengesMap, certificates } = settings.paths;
  await mkdir(certificates, { recursive: true, mode: 0o700 });
  for (const list of [proxyMap, movedMap, domainsMap, secureMap, challengesMap, listFile(certificates)]) {
    await writeFile(list, '', { flag: 'a' });
  }
  return {
    name: 'haproxy',
    command: ['/usr/sbin/haproxy', '-W', '-db', '-f', file],
    user: null,
    workingDir: '/',
    envDir: envDir(settings, 'host'),
    revision: hashTexts(text, await readFile(waker, 'utf8'), await readFile(`${pagesDir}/did-not-wake.html`, 'utf8')),
    oomScoreAdj: -800,
  };
}

/**
 * A small young generation, and compiled code kept on disk (so that neither is the type stripper loaded), take a third
 * off each worker's memory. The cache is root's: only workers that run as root may read from it.
 */
export function workerService(settings: Settings, name: WorkerName, revisions: Revisions): Service {
  return {
    name,
    command: workerCommand(settings, name),
    user: null,
    workingDir: PROJECT_DIR,
    envDir: envDir(settings),
    env: workerEnv(settings),
    revision: hashTexts(revisions.workers, revisions.code),
    oomScoreAdj: -500,
  };
}

/**
 * Compiles the workers' code onto the disk before they start, since one that compiles for itself keeps the type stripper
 * (some 20 MB) for as long as it lives. Does nothing when that code was compiled before.
 */
export async function compileWorkers(settings: Settings): Promise<void> {
  const mark = path.join(settings.paths.runtime, 'compiled');
  const revision = hashTexts(await hashCode(), process.version, PROJECT_DIR);
  if ((await readFile(mark, 'utf8').catch(() => '')) === revision) return;
  const env = workerEnv(settings);
  await rm(env.NODE_COMPILE_CACHE, { recursive: true, force: true });
  for (const name of WORKERS) {
    const [node, ...args] = workerCommand(settings, name);
    await runCommand(node, [...args, COMPILE_ONLY], { cwd: PROJECT_DIR, env, timeoutMs: COMPILE_MS });
  }
  await replaceFile(mark, revision, 0o600);
}

function workerCommand(settings: Settings, name: WorkerName): [node: string, ...args: string[]] {
  const flags = ['--max-old-space-size=256', '--max-semi-space-size=2'];
  return [nodePath(settings), ...flags, path.join(PROJECT_DIR, `workers/${name}.ts`)];
}

function workerEnv(settings: Settings) {
  return {
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: path.join(settings.paths.runtime, 'compile-cache'),
    MALLOC_ARENA_MAX: '2',
  };
}

/** The web app runs without root's rights and without a way to engine, disks or proxy. */
export function webService(settings: Settings, revisions: Revisions): Service {
  return {
    name: 'web',
    command: [nodePath(settings), '--max-old-space-size=512', '--max-semi-space-size=4', 'server.js'],
    user: 'lightkeeper-web',
    workingDir: webDir(settings),
    envDir: envDir(settings, 'web'),
    env: {
      NODE_ENV: 'production',
      PORT: String(settings.webPort),
      HOSTNAME: '127.0.0.1',
      HOME: '/nonexistent',
      MALLOC_ARENA_MAX: '2',
    },
    revision: revisions.web,
    oomScoreAdj: -500,
  };
}

function beforeStart(settings: Settings, service: 'postgres' | 'engine'): string[] {
  const script = path.join(PROJECT_DIR, 'workers/host/before-start.ts');
  return [nodePath(settings), '--disable-warning=ExperimentalWarning', script, service];
}

/** Where the embedded PostgreSQL lives. */
export function clusterPlace(settings: Settings): Pick<Cluster, 'dir' | 'socketDir'> {
  return { dir: path.join(settings.dataDir, 'postgres'), socketDir: path.join(settings.paths.run, 'postgres') };
}
