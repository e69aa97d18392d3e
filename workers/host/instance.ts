// What an instance runs, in the order it starts: the list of its services, made from settings and what set-up found.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';
import { renderProxyConfig } from '#lib/proxy/config.ts';
import { nodePath, PROJECT_DIR } from './runtime.ts';
import type { Service } from './services.ts';
import { webDir } from './web-build.ts';

/** The processes in TypeScript, besides the web app. */
export const WORKERS = ['deploy', 'keeper', 'git-http', 'ssh'] as const;

export function envDir(settings: Settings): string {
  return path.join(settings.dataDir, 'env');
}

/** Writes the variables that every process of ours gets, one file each, readable by root alone. */
export async function writeEnv(settings: Settings, found: Record<string, string>): Promise<void> {
  const dir = envDir(settings);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const given = Object.entries(process.env).filter(([name]) => name.startsWith('LIGHTKEEPER_') || OURS.has(name));
  const variables = { ...Object.fromEntries(given), ...found };
  for (const old of await readdir(dir)) if (!(old in variables)) await rm(path.join(dir, old));
  for (const [name, value] of Object.entries(variables))
    await writeFile(path.join(dir, name), value ?? '', { mode: 0o600 });
}

const OURS = new Set(['APP_URL', 'SITES_DOMAIN', 'DATABASE_URL', 'DOCKER_HOST']);

/** The proxy's configuration file; answers its path. */
export async function writeProxyConfig(settings: Settings): Promise<string> {
  const appHost = new URL(settings.appUrl).hostname;
  const text = renderProxyConfig({
    binds: [`${settings.bind}:${settings.httpPort}`],
    appHosts: appHost === 'localhost' ? ['localhost', '127.0.0.1'] : [appHost],
    webAddress: `127.0.0.1:${settings.webPort}`,
    gitSocket: settings.paths.gitSocket,
    adminSocket: settings.paths.proxySocket,
    mapFile: settings.paths.proxyMap,
    pagesDir: path.join(settings.paths.runtime, 'pages'),
    user: 'haproxy',
  });
  const file = path.join(settings.dataDir, 'haproxy.cfg');
  await writeFile(file, text);
  await writeFile(settings.paths.proxyMap, '', { flag: 'a' });
  return file;
}

export function proxyService(settings: Settings, configFile: string): Service {
  const command = ['/usr/sbin/haproxy', '-W', '-db', '-f', configFile];
  return { name: 'haproxy', command, user: null, workingDir: '/', envDir: envDir(settings) };
}

/**
 * A small young generation, and compiled code kept on disk (so that neither is the type stripper loaded), take a third
 * off each worker's memory. The cache is root's: only workers that run as root may read from it.
 */
export function workerService(settings: Settings, name: (typeof WORKERS)[number]): Service {
  const flags = ['--max-old-space-size=256', '--max-semi-space-size=2'];
  return {
    name,
    command: [nodePath(settings), ...flags, path.join(PROJECT_DIR, `workers/${name}.ts`)],
    user: null,
    workingDir: PROJECT_DIR,
    envDir: envDir(settings),
    env: {
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: path.join(settings.paths.runtime, 'compile-cache'),
      MALLOC_ARENA_MAX: '2',
    },
  };
}

/** The web app runs without root's rights and without a way to engine, disks or proxy. */
export function webService(settings: Settings): Service {
  const env = { NODE_ENV: 'production', PORT: String(settings.webPort), HOSTNAME: '127.0.0.1', HOME: '/nonexistent' };
  const command = [nodePath(settings), '--max-old-space-size=512', 'server.js'];
  return { name: 'web', command, user: 'lightkeeper-web', workingDir: webDir(settings), envDir: envDir(settings), env };
}
