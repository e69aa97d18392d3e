// The engine's answer about a container in our words. An answer of another shape is a broken invariant, not a guess.

import { z } from 'zod';
import type { ContainerState } from '../engine.ts';
import { LABEL } from './labels.ts';

const INSPECT = z.object({
  Id: z.string().min(12),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
  State: z.object({
    Status: z.enum(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']),
    ExitCode: z.number().int(),
    OOMKilled: z.boolean(),
    StartedAt: z.string(),
  }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string().nullish() })).nullish(),
  }),
});

const STATUS = {
  created: 'created',
  running: 'running',
  restarting: 'running',
  paused: 'paused',
  exited: 'exited',
  removing: 'removing',
  // What is left when a removal failed half-way: it can only be removed again.
  dead: 'removing',
} as const;

export interface OwnedContainer {
  /** The instance whose label the container carries; null for a stranger's. */
  instance: string | null;
  state: ContainerState;
}

/** Reads an inspect answer. Throws when it is not one. */
export function parseContainer(answer: unknown): OwnedContainer {
  const { Id, Config, State, NetworkSettings } = INSPECT.parse(answer);
  const labels = Config.Labels ?? {};
  const status = STATUS[State.Status];
  const addresses = Object.values(NetworkSettings.Networks ?? {}).map((network) => network.IPAddress);
  return {
    instance: labels[LABEL.instance] ?? null,
    state: {
      siteId: labels[LABEL.site] ?? '',
      generation: Number(labels[LABEL.generation] ?? 0),
      instanceId: Id,
      status,
      address: status === 'running' || status === 'paused' ? addresses.find(Boolean) || null : null,
      startedAt: parseTime(State.StartedAt),
      exitCode: status === 'exited' ? State.ExitCode : null,
      outOfMemory: State.OOMKilled,
    },
  };
}

/** The engine says year 1 for never. */
function parseTime(text: string): Date | null {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) || time.getTime() <= 0 ? null : time;
}
