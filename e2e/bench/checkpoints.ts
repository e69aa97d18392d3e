// A checkpoint asked for → ready, and a restore asked for → 200, beside the snapshot that each of them takes.

import { setTimeout as sleep } from 'node:timers/promises';
import { must } from '../setup/programs.ts';
import { APP_URL, BENCH_INSTANCE, launch, remove, type Site, untilServed } from './instance.ts';
import { compare, type Figure, timed } from './measure.ts';

const ROUNDS = 9;
const POOL = `${BENCH_INSTANCE.LIGHTKEEPER_DATA_DIR}/pool`;
const RAW = `${POOL}/staging/bench`;

interface List {
  checkpoints: { id: string; status: string }[];
  restoring: string | null;
}

export async function benchCheckpoints(): Promise<Figure[]> {
  const site = await launch();
  try {
    await untilServed(site.address);
    const kept = await make(site);
    const restore = () => timed(() => goBack(site, kept));
    return [
      await compare('checkpoint asked for → ready', 'btrfs subvolume snapshot', ROUNDS, () => makeAndDrop(site), raw),
      await compare('restore asked for → 200', 'btrfs subvolume snapshot', ROUNDS, restore, raw),
    ];
  } finally {
    await remove(site);
  }
}

/** Of any disk of the pool: all of them are as quick. */
async function raw(): Promise<number> {
  const [name = ''] = (await must('ls', [`${POOL}/sites`])).split('\n');
  const took = await timed(() => must('btrfs', ['subvolume', 'snapshot', '-r', `${POOL}/sites/${name}`, RAW]));
  await must('btrfs', ['subvolume', 'delete', RAW]);
  return took;
}

async function makeAndDrop(site: Site): Promise<number> {
  let id = '';
  const took = await timed(async () => {
    id = await make(site);
  });
  await ask(site, 'DELETE', `/${id}`);
  while ((await list(site)).checkpoints.some((one) => one.id === id)) await sleep(20);
  return took;
}

async function make(site: Site): Promise<string> {
  const { checkpoint } = (await ask(site, 'POST', '')) as { checkpoint: { id: string } };
  const isReady = async () =>
    (await list(site)).checkpoints.some(({ id, status }) => id === checkpoint.id && status === 'ready');
  while (!(await isReady())) await sleep(2);
  return checkpoint.id;
}

async function goBack(site: Site, id: string): Promise<void> {
  await ask(site, 'POST', `/${id}/restore`);
  while ((await list(site)).restoring) await sleep(2);
  await untilServed(site.address);
}

async function list(site: Site): Promise<List> {
  return (await ask(site, 'GET', '')) as List;
}

async function ask(site: Site, method: string, place: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${site.token}` };
  const response = await fetch(`${APP_URL}/api/sites/${site.name}/checkpoints${place}`, { method, headers });
  if (!response.ok) throw new Error(`checkpoints${place} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
