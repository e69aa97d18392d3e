// The life of a site's container: one per site, found by its name and believed by its labels. Every step may run twice,
// and may find what another run left half-done.

import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, invariant } from '../../errors/app-error.ts';
import type { Log } from '../../log.ts';
import type { ContainerLimits, ContainerSpec, ContainerState } from '../engine.ts';
import { type DockerClient, LONG_CALL_TIMEOUT_MS, statusOf, wordsOf } from './client.ts';
import { containerName, LABEL } from './labels.ts';
import { ensureSkeleton, type Skeleton } from './skeleton.ts';
import { changeSocketLimit, dropSocketLimit, limitSocketMemory } from './socket-memory.ts';
import { createOptions, liveLimits } from './spec.ts';
import { type OwnedContainer, parseContainer } from './state.ts';

export interface ContainerDeps {
  client: DockerClient;
  instance: string;
  cgroupParent: string;
  network: string;
  skeleton: () => Promise<Skeleton>;
  log: Log;
}

const RUN_TIMEOUT_MS = 60_000;
const REMOVE_TIMEOUT_MS = 30_000;
const INSPECTS_AT_ONCE = 8;

/** See `Engine.run`. Throws `setup-failed` while a stranger's container has the name. */
export async function runContainer(deps: ContainerDeps, spec: ContainerSpec): Promise<ContainerState> {
  invariant(/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(spec.siteId), `site id ${spec.siteId} fits into a container name`);
  const deadline = Date.now() + RUN_TIMEOUT_MS;
  // A round that meets somebody else's half-done work (a name taken, a container going) ends without a state: look again.
  for (let pauseMs = 20; Date.now() < deadline; pauseMs = Math.min(pauseMs * 2, 1000)) {
    const present = await inspectContainer(deps, spec.siteId);
    if (present && present.generation > spec.generation) return present;
    if (present && (present.generation < spec.generation || present.status === 'removing')) {
      await removeContainer(deps, spec.siteId);
    }
    if (present?.generation !== spec.generation || present.status === 'removing') await createContainer(deps, spec);
    const started = await startContainer(deps, spec);
    if (started?.generation === spec.generation) return started;
    await sleep(pauseMs);
  }
  throw new Error(`The container of ${spec.siteId} was not running after ${RUN_TIMEOUT_MS / 1000} s.`);
}

/** Null when absent, and when the name is a stranger's: see `OwnedContainer`. */
export async function inspectContainer(deps: ContainerDeps, siteId: string): Promise<ContainerState | null> {
  const found = await findByName(deps, siteId);
  return found && isOwn(deps, siteId, found) ? found.state : null;
}

async function findByName(deps: ContainerDeps, siteId: string): Promise<OwnedContainer | null> {
  const inspecting = (abortSignal: AbortSignal) => handle(deps, siteId).inspect({ abortSignal });
  const answer = await orNull(deps.client.call('inspect', inspecting));
  return answer && parseContainer(answer);
}

function isOwn({ instance }: ContainerDeps, siteId: string, found: OwnedContainer): boolean {
  return found.instance === instance && found.state.siteId === siteId;
}

/** The sites' containers of this instance, running or not. */
export async function listContainers(deps: ContainerDeps): Promise<ContainerState[]> {
  const states: ContainerState[] = [];
  const rest = (await listRows(deps)).filter((row) => isInPlace(deps, row)).values();
  const inspectRest = async () => {
    for (const { Id } of rest) {
      const container = deps.client.docker.getContainer(Id);
      const answer = await orNull(deps.client.call('inspect', (abortSignal) => container.inspect({ abortSignal })));
      if (answer) states.push(parseContainer(answer).state);
    }
  };
  await Promise.all(Array.from({ length: INSPECTS_AT_ONCE }, inspectRest));
  return states;
}

/** See `Engine.instances`. */
export async function listInstances(deps: ContainerDeps): Promise<Map<string, string>> {
  const rows = (await listRows(deps)).filter((row) => isInPlace(deps, row));
  return new Map(rows.map(({ Id, Labels }) => [Id, Labels[LABEL.site] ?? '']));
}

/** See `Engine.strays`. */
export async function listStrays(deps: ContainerDeps): Promise<string[]> {
  return (await listRows(deps)).filter((row) => !isInPlace(deps, row)).map(({ Id }) => Id);
}

export async function removeStray({ client }: ContainerDeps, instanceId: string): Promise<void> {
  const removing = (abortSignal: AbortSignal) =>
    client.docker.getContainer(instanceId).remove({ v: true, force: true, abortSignal });
  await orNull(client.call('remove', removing, LONG_CALL_TIMEOUT_MS), [404, 409]);
}

async function listRows({ client, instance }: ContainerDeps) {
  const filters = { label: [`${LABEL.instance}=${instance}`] };
  return client.call('list', (abortSignal) => client.docker.listContainers({ all: true, filters, abortSignal }));
}

function isInPlace(
  { instance }: ContainerDeps,
  { Names, Labels }: { Names: string[]; Labels: Record<string, string> },
) {
  return Names.includes(`/${containerName(instance, Labels[LABEL.site] ?? '')}`);
}

/** Absent or stopped is no error. */
export async function stopContainer(deps: ContainerDeps, siteId: string, graceSeconds: number): Promise<void> {
  const state = await inspectContainer(deps, siteId);
  if (!state) return;
  // A frozen process cannot take a signal.
  if (state.status === 'paused') await unpauseContainer(deps, siteId);
  const timeoutMs = LONG_CALL_TIMEOUT_MS + graceSeconds * 1000;
  const stopping = (abortSignal: AbortSignal) => handle(deps, siteId).stop({ t: graceSeconds, abortSignal });
  await orNull(deps.client.call('stop', stopping, timeoutMs), [404, 304]);
}

/** Kills and removes; answers when it is gone. Absent is no error. */
export async function removeContainer(deps: ContainerDeps, siteId: string): Promise<void> {
  const deadline = Date.now() + REMOVE_TIMEOUT_MS;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
    const present = await inspectContainer(deps, siteId);
    if (!present) return;
    const removing = (abortSignal: AbortSignal) => handle(deps, siteId).remove({ v: true, force: true, abortSignal });
    try {
      await orNull(deps.client.call('remove', removing, LONG_CALL_TIMEOUT_MS));
      await dropSocketLimit(deps.cgroupParent, present.instanceId); // One that never ran has nobody else to do it.
      return;
    } catch (error) {
      // 409: another removal is under way; 500: its mounts are still busy. Both pass.
      const passing = statusOf(error) === 409 || statusOf(error) === 500;
      if (!passing || Date.now() > deadline) throw error;
      deps.log.warn({ siteId, error: wordsOf(error) }, 'removing a container again');
    }
    await sleep(pauseMs);
  }
}

export async function pauseContainer(deps: ContainerDeps, siteId: string): Promise<void> {
  const pausing = deps.client.call('pause', (abortSignal) => handle(deps, siteId).pause({ abortSignal }));
  await unlessState(deps, siteId, pausing, 'paused');
}

export async function unpauseContainer(deps: ContainerDeps, siteId: string): Promise<void> {
  const unpausing = deps.client.call('unpause', (abortSignal) => handle(deps, siteId).unpause({ abortSignal }));
  await unlessState(deps, siteId, unpausing, 'running');
}

export async function setContainerLimits(deps: ContainerDeps, siteId: string, limits: ContainerLimits): Promise<void> {
  const update = { ...liveLimits(limits) };
  const updating = deps.client.call('update', (abortSignal) => handle(deps, siteId).update({ ...update, abortSignal }));
  if ((await orNull(updating)) === null) throw siteNotRunning('absent');
  const state = await inspectContainer(deps, siteId);
  if (state) await changeSocketLimit(deps.cgroupParent, state.instanceId, limits.memoryBytesMax);
}

export function siteNotRunning(status: ContainerState['status'] | 'absent'): AppError {
  return new AppError('site-not-ready', {
    message: `The site is not running${status === 'paused' ? ': it is asleep' : ''}.`,
    hint: 'Open its address or start it on its page, and try again.',
    details: { status },
  });
}

async function createContainer(deps: ContainerDeps, spec: ContainerSpec): Promise<void> {
  const skeleton = await deps.skeleton();
  const options = createOptions(spec, { ...deps, image: skeleton.image });
  const create = () =>
    deps.client.call('create', (abortSignal) => deps.client.docker.createContainer({ ...options, abortSignal }));
  try {
    await create();
  } catch (error) {
    if (statusOf(error) === 409) return requireOwnName(deps, spec.siteId);
    if (statusOf(error) !== 404) throw error;
    await ensureSkeleton(deps.client, skeleton); // The image was removed by hand.
    await create();
  }
}

/** After a name was taken: whose is it? Our own, made by somebody else, is what the next step looks at. */
async function requireOwnName(deps: ContainerDeps, siteId: string): Promise<void> {
  const found = await findByName(deps, siteId);
  if (!found || isOwn(deps, siteId, found)) return;
  throw new AppError('setup-failed', {
    message: `A container named ${containerName(deps.instance, siteId)} exists that Lightkeeper did not make.`,
    hint: 'Remove or rename that container; Lightkeeper touches only its own.',
  });
}

/** The running state, or null when the container was gone or going. A container that cannot start is removed. */
async function startContainer(deps: ContainerDeps, { siteId, limits }: ContainerSpec): Promise<ContainerState | null> {
  const before = await inspectContainer(deps, siteId);
  if (!before || before.status === 'removing') return null;
  if (before.status === 'running') return before;
  if (before.status === 'paused') {
    await unpauseContainer(deps, siteId);
  } else {
    const starting = (abortSignal: AbortSignal) => handle(deps, siteId).start({ abortSignal });
    await limitSocketMemory(deps.cgroupParent, before.instanceId, limits.memoryBytesMax);
    try {
      await orNull(deps.client.call('start', starting, LONG_CALL_TIMEOUT_MS), [404, 304, 409]);
    } catch (error) {
      if (statusOf(error) !== null) await removeContainer(deps, siteId);
      await dropSocketLimit(deps.cgroupParent, before.instanceId);
      throw error;
    }
  }
  return inspectContainer(deps, siteId);
}

/** 404 is an error here; a conflict is none when the container is already as wished. */
async function unlessState(
  deps: ContainerDeps,
  siteId: string,
  change: Promise<unknown>,
  wished: ContainerState['status'],
) {
  try {
    await change;
  } catch (error) {
    const status = statusOf(error);
    if (status === null) throw error;
    const state = await inspectContainer(deps, siteId);
    if (state?.status === wished) return;
    throw state?.status === 'running' ? error : siteNotRunning(state?.status ?? 'absent');
  }
}

/** Null for an answer with one of these statuses. */
async function orNull<T>(answer: Promise<T>, statuses: number[] = [404]): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return null;
    throw error;
  }
}

function handle(deps: ContainerDeps, siteId: string) {
  return deps.client.docker.getContainer(containerName(deps.instance, siteId));
}
