// Reads what the machine has of an instance, for whoever compares it with the rows. Changes nothing.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Mount, parseMountInfo, readMounts } from '#lib/disk/mount-table.ts';
import type { ContainerState } from '#lib/engine/engine.ts';
import type { Settings } from '#lib/env.ts';
import type { Log } from '#lib/log.ts';
import { createHaproxy } from '#lib/proxy/haproxy.ts';
import { readTarget } from '#lib/proxy/map.ts';
import type { Target } from '#lib/proxy/proxy.ts';
import { readTextMap } from '#lib/proxy/text-map.ts';
import type { Actual, ActualMount } from '#lib/state/actual.ts';
import { cgroupVersion } from '#lib/usage/cgroup.ts';
import { createKernelLimits } from '#lib/usage/kernel-limits.ts';
import { cgroupParent, openDisks, openEngine, openNetwork } from '../machine.ts';
import { parseListeners } from './ports.ts';
import { runCommand } from './run-command.ts';

const CGROUPS = '/sys/fs/cgroup';

/** `settings` as the workers have them, with what set-up found out. Throws where a part of the machine is away. */
export async function readActual(settings: Settings, log: Log): Promise<Actual> {
  const engine = openEngine(settings, log);
  const { proxyMap: mapFile, proxySocket: socketPath, movedMap, domainsMap } = settings.paths;
  const [network, containers, strays] = await Promise.all([
    openNetwork(settings)
      .list()
      .catch(() => null),
    engine.list(),
    engine.strays(),
  ]);
  const [disks, mounts, ownDevices, routes, savedRoutes, moved, domains, ports] = await Promise.all([
    readDisks(settings, log),
    readSiteMounts(settings),
    readOwnDevices(settings, containers),
    createHaproxy({ socketPath, mapFile }).routes(),
    readSavedRoutes(mapFile),
    readTextMap({ socketPath, file: movedMap }),
    readTextMap({ socketPath, file: domainsMap }),
    readPorts(settings),
  ]);
  const kernel = createKernelLimits({ version: cgroupVersion(), root: CGROUPS, parent: cgroupParent(settings) });
  const kernelLimits = new Map(
    containers.flatMap(({ instanceId }) => {
      const limits = kernel.limits(instanceId);
      return limits ? [[instanceId, limits] as const] : [];
    }),
  );
  return {
    ...{ containers, strays, kernelLimits, ownDevices, disks, mounts, network },
    ...{ routes, savedRoutes, moved, domains, ports },
  };
}

async function readDisks(settings: Settings, log: Log): Promise<Actual['disks']> {
  const disk = openDisks(settings, log);
  const [ids, limits] = await Promise.all([disk.list(), disk.limits()]);
  const snapshots = await Promise.all(ids.map(async (id) => [id, await disk.snapshots(id)] as const));
  return { ids, limits, snapshots: new Map(snapshots) };
}

async function readSiteMounts({ paths }: Settings): Promise<Map<string, ActualMount[]>> {
  const found = new Map<string, ActualMount[]>((await readdir(paths.mounts)).map((siteId) => [siteId, []]));
  for (const { mountPoint, device, options } of await readMounts()) {
    if (path.dirname(mountPoint) !== paths.mounts) continue;
    const upper = options.find((option) => option.startsWith('upperdir='))?.slice('upperdir='.length) ?? null;
    const siteId = path.basename(mountPoint);
    found.set(siteId, [...(found.get(siteId) ?? []), { device, upper }]);
  }
  return found;
}

/** Of those that run, as their first process sees it. */
async function readOwnDevices(settings: Settings, containers: ContainerState[]): Promise<Map<string, string>> {
  const devices = await Promise.all(
    containers
      .filter(({ status }) => status === 'running')
      .map(async ({ instanceId }) => {
        const device = (await mountsOf(settings, instanceId)).find(({ mountPoint }) => mountPoint === '/app')?.device;
        return device ? [[instanceId, device] as const] : [];
      }),
  );
  return new Map(devices.flat());
}

/** Empty when it has ended meanwhile. */
async function mountsOf(settings: Settings, instanceId: string): Promise<Mount[]> {
  const controller = cgroupVersion() === 1 ? 'pids' : '';
  const group = path.join(CGROUPS, controller, cgroupParent(settings), instanceId);
  const [pid] = (await readFile(path.join(group, 'cgroup.procs'), 'utf8').catch(() => '')).split('\n');
  return pid ? parseMountInfo(await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '')) : [];
}

async function readSavedRoutes(mapFile: string): Promise<Map<string, Target>> {
  const text = await readFile(mapFile, 'utf8');
  const lines = text.split('\n').map((line) => line.split(' '));
  return new Map(
    lines.flatMap(([host = '', value = '']) => {
      const target = readTarget(value);
      return target ? [[host, target] as const] : [];
    }),
  );
}

async function readPorts({ sshPorts }: Settings): Promise<number[]> {
  const { stdout } = await runCommand('ss', ['-Hltn']);
  const ports = parseListeners(stdout).map(({ port }) => port);
  return [...new Set(ports)].filter((port) => port >= sshPorts.first && port <= sshPorts.last);
}
