// The Engine interface over Docker's API: the table of what is where. Composes, decides nothing.

import type { Log } from '../../log.ts';
import type { Engine, EngineInfo } from '../engine.ts';
import { createDockerClient, type DockerClient } from './client.ts';
import {
  type ContainerDeps,
  inspectContainer,
  listContainers,
  listInstances,
  listStrays,
  pauseContainer,
  removeContainer,
  removeStray,
  runContainer,
  setContainerLimits,
  stopContainer,
  unpauseContainer,
} from './containers.ts';
import { watchEvents } from './events.ts';
import { openExec } from './exec.ts';
import { ensureSkeleton, readSkeleton, type Skeleton } from './skeleton.ts';

export interface DockerEngineOptions {
  instance: string;
  /** As in DOCKER_HOST, such as `unix:///run/docker.sock`. */
  address: string;
  /** An absolute cgroup path, made by the engine when it is missing. */
  cgroupParent: string;
  /** The network the containers are in; the engine's default one unless told. */
  network?: string;
  log: Log;
}

export function createDockerEngine(options: DockerEngineOptions): Engine {
  const { instance, cgroupParent, network = 'bridge', log } = options;
  const client = createDockerClient(options.address);
  let reading: Promise<Skeleton> | null = null;
  const skeleton = () => {
    reading ??= readSkeleton().catch((error) => {
      reading = null;
      throw error;
    });
    return reading;
  };
  const deps: ContainerDeps = { client, instance, cgroupParent, network, skeleton, log };
  return {
    info: () => readInfo(client),
    prepare: async () => ensureSkeleton(client, await skeleton()),
    run: (spec) => runContainer(deps, spec),
    inspect: (siteId) => inspectContainer(deps, siteId),
    list: () => listContainers(deps),
    strays: () => listStrays(deps),
    removeStray: (instanceId) => removeStray(deps, instanceId),
    instances: () => listInstances(deps),
    stop: (siteId, graceSeconds) => stopContainer(deps, siteId, graceSeconds),
    remove: (siteId) => removeContainer(deps, siteId),
    pause: (siteId) => pauseContainer(deps, siteId),
    unpause: (siteId) => unpauseContainer(deps, siteId),
    setLimits: (siteId, limits) => setContainerLimits(deps, siteId, limits),
    exec: (siteId, request) => openExec(deps, siteId, request),
    watch: (onChange) => watchEvents(deps, onChange),
  };
}

async function readInfo(client: DockerClient): Promise<EngineInfo> {
  const info = await client.call('info', () => client.docker.info());
  const security: string[] = info.SecurityOptions ?? [];
  return {
    name: 'docker',
    version: String(info.ServerVersion),
    userNamespaces: security.includes('name=userns'),
    seccomp: security.some((option) => option.startsWith('name=seccomp')),
    cgroupVersion: Number(info.CgroupVersion),
  };
}
