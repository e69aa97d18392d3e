// What goes wrong in a soak, at random: processes and containers killed, workers that stand still, the firewall gone.

import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../database.ts';
import { SETTINGS } from '../host-state.ts';
import { run } from '../programs.ts';
import { docker, killService, type Service, whileStopped } from '../services.ts';
import type { History } from './history.ts';
import type { Random } from './random.ts';

const PAUSE_MS = { least: 4_000, most: 12_000 };
const STANDSTILL_MS = 4_000;
/** Of one site: a container that ends five times within ten minutes is held, as it should be. */
const DEATHS_MAX = 2;

const KILLED: readonly Service[] = ['deploy', 'keeper', 'git-http', 'ssh', 'web', 'haproxy', 'postgres', 'engine'];

export interface FaultDeps {
  random: Random;
  history: History;
}

/** Until aborted; a fault that has begun is done with when this returns. */
export async function causeFaults({ random, history }: FaultDeps, over: AbortSignal): Promise<void> {
  const deaths = new Map<string, number>();
  const pause = () => PAUSE_MS.least + random.below(PAUSE_MS.most - PAUSE_MS.least);
  while (!over.aborted) {
    await sleep(pause(), undefined, { signal: over }).catch(() => {}); // It is over.
    if (over.aborted) return;
    const fault = random.weighted([
      ['deploy', 5],
      ['service', 6],
      ['container', 3],
      ['standstill', 1],
      ['firewall', 1],
    ] as const);
    const outcome = await cause(fault, random, deaths).catch((error) => `failed: ${String(error).slice(0, 120)}`);
    history.note('fault', fault, outcome);
  }
}

async function cause(fault: string, random: Random, deaths: Map<string, number>): Promise<string> {
  if (fault === 'deploy') return kill('deploy');
  if (fault === 'service') return kill(random.pick(KILLED));
  if (fault === 'container') return killContainer(random, deaths);
  if (fault === 'standstill') {
    const service = random.pick(['deploy', 'keeper'] as const);
    await whileStopped([service], () => sleep(STANDSTILL_MS));
    return service;
  }
  const { code } = await run('nft', ['delete', 'table', 'inet', `lightkeeper_${SETTINGS.instance}`]);
  return String(code);
}

async function kill(service: Service): Promise<string> {
  await killService(service);
  return service;
}

async function killContainer(random: Random, deaths: Map<string, number>): Promise<string> {
  const rows = await query<{ id: string }>(`select id from "Site" where state = 'live' and rest = 'awake' order by id`);
  const few = rows.filter(({ id }) => (deaths.get(id) ?? 0) < DEATHS_MAX);
  const { id } = few.length > 0 ? random.pick(few) : { id: null };
  if (!id) return 'none';
  deaths.set(id, (deaths.get(id) ?? 0) + 1);
  const how = random.pick([['kill'], ['rm', '--force']] as const);
  await docker(...how, `${SETTINGS.instance}-${id}`);
  return `${how[0]} ${id}`;
}
