// What the product itself takes of the host's memory, and what an idle site does: running, frozen, stopped.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../setup/database.ts';
import { must } from '../setup/programs.ts';
import { SERVICES } from '../setup/service-names.ts';
import { APP_URL, BENCH_INSTANCE, launch, remove, type Site, untilServed } from './instance.ts';
import { type Figure, figureOf, summarize } from './measure.ts';

const dataDir = BENCH_INSTANCE.LIGHTKEEPER_DATA_DIR;
const SITES = 20;
const GOAL_MB = 300;
/** The sizes below are told in kibibytes. */
const KIB_PER_MB = 1024;

export async function benchMemory(): Promise<Figure[]> {
  await sleep(20_000); // What the benches before have left is collected.
  const services = await serviceMegabytes();
  const without = [...services].filter(([name]) => name !== 'postgres' && name !== 'engine');
  const total = without.reduce((sum, [, megabytes]) => sum + megabytes, 0);
  const goal = summarize([GOAL_MB]);
  return [
    figureOf('memory of the product, idle', 'MB', summarize([total]), 'the goal', goal),
    ...without.map(([name, megabytes]) => figureOf(`… ${name}`, 'MB', summarize([megabytes]), 'the goal', goal)),
    ...(await perSite()),
  ];
}

/** Proportional set size (proc_pid_smaps(5)) of each service with its children: what two share is counted once. */
async function serviceMegabytes(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const name of SERVICES) {
    const pid = (await must('s6-svstat', ['-o', 'pid', path.join(dataDir, 'service', name)])).trim();
    const children = (await must('ps', ['-o', 'pid=', '--ppid', pid]).catch(() => '')).split('\n');
    let kibibytes = 0;
    for (const one of [pid, ...children.map((text) => text.trim()).filter(Boolean)]) {
      const text = await readFile(`/proc/${one}/smaps_rollup`, 'utf8').catch(() => '');
      kibibytes += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    }
    found.set(name, kibibytes / KIB_PER_MB);
  }
  return found;
}

/** The fall of the host's available memory, by site; beside what the container's cgroup is charged. */
async function perSite(): Promise<Figure[]> {
  const sites: Site[] = [];
  const figures: Figure[] = [];
  try {
    const before = await availableMegabytes();
    while (sites.length < SITES) sites.push(await launch());
    for (const site of sites) await untilServed(site.address, '', 300_000);
    await sleep(15_000);
    const charged = summarize([await chargedMegabytes()]);
    for (const rest of ['running', 'frozen', 'stopped'] as const) {
      if (rest !== 'running') for (const site of sites) await putToSleep(site, rest);
      await sleep(15_000);
      const taken = (before - (await availableMegabytes())) / SITES;
      figures.push(
        figureOf(`memory of an idle site, ${rest}`, 'MB', summarize([taken]), 'charged to it running', charged),
      );
    }
  } finally {
    for (const site of sites) await remove(site);
  }
  return figures;
}

async function availableMegabytes(): Promise<number> {
  return Number(/^MemAvailable:\s+(\d+)/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1]) / KIB_PER_MB;
}

/** As the keeper has read it. */
async function chargedMegabytes(): Promise<number> {
  const [row] = await query<{ mean: number }>(
    `select avg("memoryBytes")::float / 1048576 as mean from "Usage" where "memoryBytes" > 0`,
    [],
    { dataDir },
  );
  return row?.mean ?? Number.NaN;
}

async function putToSleep(site: Site, rest: 'frozen' | 'stopped'): Promise<void> {
  const response = await fetch(`${APP_URL}/api/sites/${site.name}/sleep`, {
    method: 'POST',
    headers: { authorization: `Bearer ${site.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rest }),
  });
  if (response.status !== 202) throw new Error(`sleep answered ${response.status}: ${await response.text()}`);
}
