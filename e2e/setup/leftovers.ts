// What the host still has of a site: an empty list after a delete, a full one before it.

import { access, readdir, readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { Client } from 'pg';
import type { Site } from './fixtures.ts';
import { containerOf, SETTINGS } from './host-state.ts';
import { must } from './programs.ts';

export interface Traces {
  siteId: string;
  containerId: string;
}

/** Must be asked while the site lives: afterwards nothing knows its ids. */
export async function tracesOf(site: Site): Promise<Traces> {
  const { id, siteId } = await containerOf(site);
  return { siteId, containerId: id };
}

/** Each thing that is still there, in a word. */
export async function findLeftovers(site: Site, { siteId, containerId }: Traces): Promise<string[]> {
  const { paths, instance, sitesDomain } = SETTINGS;
  const engine = ['-H', `unix://${paths.engineSocket}`];
  const containers = await must('docker', [
    ...engine,
    'ps',
    '-aq',
    '--no-trunc',
    '--filter',
    `label=lightkeeper.site=${siteId}`,
  ]);
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  const routes = await askProxy(`show map ${paths.proxyMap}`);
  const file = await readFile(paths.proxyMap, 'utf8');
  const host = `${site.name}.${sitesDomain}`;
  const found: [string, boolean][] = [
    ['container', containers.trim() !== ''],
    ['mount', mounts.includes(siteId)],
    ['mount point', (await readdir(paths.mounts)).includes(siteId)],
    ['disk', (await readdir(path.join(paths.pool, 'sites'))).some((name) => name.startsWith(siteId))],
    ['route', routes.includes(host)],
    ['route in the file', file.includes(host)],
    ['cgroup', await hasGroup(`lightkeeper-${instance}/${containerId}`)],
    ['ssh port', await accepts(site.ssh.port)],
    ...(await findRows(siteId)).map((table): [string, boolean] => [table, true]),
  ];
  return found.filter(([, isThere]) => isThere).map(([what]) => what);
}

async function findRows(siteId: string): Promise<string[]> {
  const connectionString = (await readFile(path.join(SETTINGS.dataDir, 'env/DATABASE_URL'), 'utf8')).trim();
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ table: string }>(
      `select 'row of Site' as table from "Site" where id = $1
       union all select distinct 'row of Deployment' from "Deployment" where "siteId" = $1
       union all select 'row of Usage' from "Usage" where "siteId" = $1
       union all select distinct 'row of SshKey' from "SshKey" where "siteId" = $1
       union all select distinct 'row of Event' from "Event" where "siteId" = $1
       union all select 'lease' from "Lease" where name like '%' || $1::text and "expiresAt" > now()`,
      [siteId],
    );
    return rows.map(({ table }) => table);
  } finally {
    await client.end();
  }
}

/** cgroup v1 has a tree for each controller, v2 one for all. */
async function hasGroup(group: string): Promise<boolean> {
  for (const controller of ['', ...(await readdir('/sys/fs/cgroup'))]) {
    const isThere = await access(path.join('/sys/fs/cgroup', controller, group)).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/** A command over the admin socket. */
export function askProxy(line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(SETTINGS.paths.proxySocket);
    let answer = '';
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.write(`${line}\n`);
  });
}
