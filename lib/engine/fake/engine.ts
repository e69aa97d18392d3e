// An engine without containers, for tests of what is built on top. It keeps the promises of the Engine interface that need
// no kernel, and passes the same contract suite as the real one. What a command does is told by the test.

import { randomBytes } from 'node:crypto';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { AppError } from '../../errors/app-error.ts';
import type {
  ContainerLimits,
  ContainerSpec,
  ContainerState,
  Engine,
  EngineChange,
  ExecRequest,
  ExecSession,
} from '../engine.ts';

export interface FakeExecCall {
  siteId: string;
  request: ExecRequest;
  stdin: Readable;
  stdout: Writable;
  /** Null with a terminal. */
  stderr: Writable | null;
  /** Aborts when the session is hung up or the container stops. */
  hungUp: AbortSignal;
}

/** Plays a command and answers its exit code. The streams are ended for it. */
export type FakeExec = (call: FakeExecCall) => Promise<number>;

export interface FakeEngine extends Engine {
  /** Ends a running container from the inside, as a crash or the memory limit does. */
  crash(siteId: string, exitCode: number, outOfMemory?: boolean): void;
  /** What the container was made from, with the limits in force now; null when absent. */
  specOf(siteId: string): ContainerSpec | null;
}

interface FakeContainer {
  spec: ContainerSpec;
  state: ContainerState;
  /** Aborts when the container stops. */
  life: AbortController;
}

const TERMINATED = 143;
const KILLED = 137;
const HUNG_UP = 129;

export function createFakeEngine({ exec = async () => 0 }: { exec?: FakeExec } = {}): FakeEngine {
  const containers = new Map<string, FakeContainer>();
  const watchers = new Set<(change: EngineChange) => void>();
  let addresses = 0;

  function tell(siteId: string, kind: EngineChange['kind']): void {
    for (const watcher of watchers) queueMicrotask(() => watchers.has(watcher) && watcher({ siteId, kind }));
  }

  function create(spec: ContainerSpec): FakeContainer {
    const container: FakeContainer = {
      spec: structuredClone(spec),
      life: new AbortController(),
      state: {
        siteId: spec.siteId,
        generation: spec.generation,
        instanceId: randomBytes(32).toString('hex'),
        status: 'created',
        address: null,
        startedAt: null,
        exitCode: null,
        outOfMemory: false,
      },
    };
    containers.set(spec.siteId, container);
    return container;
  }

  function start(container: FakeContainer): void {
    addresses += 1;
    container.life = new AbortController();
    Object.assign(container.state, {
      status: 'running',
      address: `10.255.${(addresses >> 8) & 255}.${addresses & 255}`,
      startedAt: new Date(),
      exitCode: null,
      outOfMemory: false,
    } satisfies Partial<ContainerState>);
    tell(container.state.siteId, 'started');
  }

  function end(container: FakeContainer, exitCode: number, outOfMemory = false): void {
    Object.assign(container.state, { status: 'exited', address: null, exitCode, outOfMemory });
    container.life.abort();
    if (outOfMemory) tell(container.state.siteId, 'out-of-memory');
    tell(container.state.siteId, 'died');
  }

  function remove(siteId: string): void {
    const container = containers.get(siteId);
    if (!container) return;
    if (isAlive(container)) end(container, KILLED);
    containers.delete(siteId);
    tell(siteId, 'removed');
  }

  function setPaused(siteId: string, from: 'running' | 'paused', to: 'running' | 'paused'): void {
    const container = containers.get(siteId);
    if (container?.state.status === to) return;
    if (container?.state.status !== from) throw notRunning();
    container.state.status = to;
    tell(siteId, to === 'paused' ? 'paused' : 'unpaused');
  }

  return {
    info: async () => ({ name: 'fake', version: '1', userNamespaces: true, seccomp: true, cgroupVersion: 2 }),
    prepare: async () => {},
    async run(spec) {
      let container = containers.get(spec.siteId);
      if (container && container.spec.generation > spec.generation) return { ...container.state };
      if (container && container.spec.generation < spec.generation) {
        remove(spec.siteId);
        container = undefined;
      }
      container ??= create(spec);
      if (container.state.status === 'paused') setPaused(spec.siteId, 'paused', 'running');
      if (container.state.status !== 'running') start(container);
      return { ...container.state };
    },
    async inspect(siteId) {
      const container = containers.get(siteId);
      return container ? { ...container.state } : null;
    },
    list: async () => [...containers.values()].map(({ state }) => ({ ...state })),
    strays: async () => [],
    removeStray: async () => {},
    instances: async () => new Map([...containers.values()].map(({ state }) => [state.instanceId, state.siteId])),
    async stop(siteId) {
      const container = containers.get(siteId);
      if (container && isAlive(container)) end(container, TERMINATED);
    },
    remove: async (siteId) => remove(siteId),
    pause: async (siteId) => setPaused(siteId, 'running', 'paused'),
    unpause: async (siteId) => setPaused(siteId, 'paused', 'running'),
    async setLimits(siteId: string, limits: ContainerLimits) {
      const container = containers.get(siteId);
      if (!container) throw notRunning();
      container.spec.limits = { ...limits };
    },
    async exec(siteId, request) {
      const container = containers.get(siteId);
      if (container?.state.status !== 'running') throw notRunning();
      return playExec(exec, siteId, request, container.life.signal);
    },
    watch(onChange) {
      const watcher = (change: EngineChange) => onChange(change);
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    crash(siteId, exitCode, outOfMemory) {
      const container = containers.get(siteId);
      if (container && isAlive(container)) end(container, exitCode, outOfMemory);
    },
    specOf(siteId) {
      const container = containers.get(siteId);
      return container ? structuredClone(container.spec) : null;
    },
  };
}

function isAlive({ state }: FakeContainer): boolean {
  return state.status === 'running' || state.status === 'paused';
}

function notRunning(): AppError {
  return new AppError('site-not-ready', {
    message: 'The site is not running.',
    hint: 'Open its address or start it on its page, and try again.',
  });
}

function playExec(exec: FakeExec, siteId: string, request: ExecRequest, life: AbortSignal): ExecSession {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const stderr = request.terminal ? null : new PassThrough();
  const hangingUp = new AbortController();
  const hungUp = AbortSignal.any([hangingUp.signal, life]);
  const cut = new Promise<number>((resolve) => {
    hungUp.addEventListener('abort', () => resolve(life.aborted ? KILLED : HUNG_UP), { once: true });
  });
  const playing = exec({ siteId, request, stdin, stdout, stderr, hungUp });
  const exited = Promise.race([playing, cut]).finally(() => {
    stdout.end();
    stderr?.end();
  });
  exited.catch(() => {}); // Whoever wants the exit code hears of it; nobody else must.
  return {
    stdin,
    stdout,
    stderr,
    resize: async () => {},
    exited,
    async hangUp() {
      hangingUp.abort();
      await exited.catch(() => {}); // Ended is ended.
    },
  };
}
