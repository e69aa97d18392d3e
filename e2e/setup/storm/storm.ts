// Hundreds of people within a minute: each clicks and opens the site, a third push, some SSH in, and a few attack what
// they got. Afterwards, what the attackers cost the others: the same visitors, with and without the attacks.

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '#lib/env.ts';
import { ATTACKS, bounded } from './attacks.ts';
import { type HostFloor, watchHost } from './host.ts';
import { click, push, remove, type StormSite, ssh, untilServed, visit } from './visitor.ts';

export interface StormSize {
  visitors: number;
  /** In which all of them click. */
  seconds: number;
  sessions: number;
  /** After which a site that was promised counts as lost. */
  patienceSeconds: number;
  /** Of the comparison with and without attacks: how often, and how long each. */
  rounds: number;
  roundSeconds: number;
}

export interface Storm {
  live: number;
  /** Who was told that the machine is full. */
  refused: { status: number; text: string }[];
  /** What was promised and did not come: a site, a push's text, a session's echo. */
  broken: string[];
  clickMs: number[];
  liveMs: number[];
  pushMs: number[];
  /** Of visitors of sites that are not attackers', by round. */
  calmP95Ms: number[];
  attackedP95Ms: number[];
  host: HostFloor;
}

/** Whom the comparison asks, and how often each. */
const ASKED_SITES = 20;
const ASK_EVERY_MS = 200;

export async function storm(settings: Settings, size: StormSize, say: (line: string) => void): Promise<Storm> {
  const seen: Storm = {
    ...{ live: 0, refused: [], broken: [], clickMs: [], liveMs: [], pushMs: [] },
    ...{ calmP95Ms: [], attackedP95Ms: [], host: { diskFree: 1, poolFree: 1, memoryAvailable: 1, pidsFree: 1 } },
  };
  const dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-storm-'));
  const sites: StormSite[] = [];
  const host = watchHost(settings);
  try {
    const people = Array.from({ length: size.visitors }, async (_, number) => {
      await sleep((number * size.seconds * 1000) / size.visitors);
      const site = await arrive(settings.appUrl, number, size, seen);
      if (!site) return;
      sites.push(site);
      await use(site, number, size, dir, seen).catch((error) => seen.broken.push(String(error)));
    });
    await Promise.all(people);
    say(`${seen.live} of ${size.visitors} live`);
    await compareAttacked(sites, size, seen, say);
  } finally {
    seen.host = await host.stop();
    for (const site of sites) await remove(settings.appUrl, site);
    await rm(dir, { recursive: true, force: true });
  }
  return seen;
}

/** Clicks, and waits for the site as its page does. */
async function arrive(appUrl: string, number: number, size: StormSize, seen: Storm): Promise<StormSite | null> {
  const start = performance.now();
  const { site, refused } = await click(appUrl, number);
  seen.clickMs.push(performance.now() - start);
  if (refused) {
    seen.refused.push(refused);
    return null;
  }
  if (await untilServed(site, '', start + size.patienceSeconds * 1000)) {
    seen.liveMs.push(performance.now() - start);
    seen.live += 1;
    return site;
  }
  seen.broken.push(`${site.name} was promised and did not answer in ${size.patienceSeconds} s`);
  return site;
}

/** Every third pushes; of the others the first ones have a session. All five attacks are run by the last ones' sites. */
async function use(site: StormSite, number: number, size: StormSize, dir: string, seen: Storm): Promise<void> {
  if (number % 3 === 0) {
    const start = performance.now();
    const { code, stderr, text } = await push(site, dir);
    if (code !== 0) seen.broken.push(`a push to ${site.name}: ${stderr}`);
    else if (await untilServed(site, text, performance.now() + 60_000)) seen.pushMs.push(performance.now() - start);
    else seen.broken.push(`a push to ${site.name} was taken and is not served`);
  } else if (number < (3 * size.sessions) / 2) {
    const { code, stdout, stderr } = await ssh(site, 'id -u; sleep 10; echo bye');
    if (code !== 0 || stdout !== '0\nbye\n') seen.broken.push(`a session in ${site.name}: ${code} ${stderr}`);
  }
}

async function compareAttacked(
  sites: StormSite[],
  size: StormSize,
  seen: Storm,
  say: (line: string) => void,
): Promise<void> {
  const attacks = Object.values(ATTACKS);
  const attackers = sites.slice(-attacks.length);
  const others = sites.slice(0, -attacks.length).slice(0, ASKED_SITES);
  for (let round = 0; round < size.rounds; round += 1) {
    seen.calmP95Ms.push(await ask(others, size.roundSeconds, seen));
    const attacking = attackers.map((site, index) =>
      ssh(site, bounded(attacks[index] ?? '', size.roundSeconds + 4), (size.roundSeconds + 30) * 1000),
    );
    await sleep(2_000); // They log in.
    seen.attackedP95Ms.push(await ask(others, size.roundSeconds, seen));
    await Promise.all(attacking);
    say(`p95 ${seen.calmP95Ms.at(-1)?.toFixed(1)} ms, under attack ${seen.attackedP95Ms.at(-1)?.toFixed(1)} ms`);
    await sleep(3_000);
  }
}

/** The 95th percentile of the answers, in milliseconds. */
async function ask(sites: StormSite[], seconds: number, seen: Storm): Promise<number> {
  const end = performance.now() + seconds * 1000;
  const times: number[] = [];
  const lanes = sites.map(async (site, index) => {
    await sleep((index * ASK_EVERY_MS) / sites.length);
    while (performance.now() < end) {
      const { status, body, ms } = await visit(site.address);
      times.push(ms);
      if (status !== 200) seen.broken.push(`${site.name} answered ${status} ${body.slice(0, 80)}`);
      await sleep(Math.max(0, ASK_EVERY_MS - ms));
    }
  });
  await Promise.all(lanes);
  return times.toSorted((a, b) => a - b)[Math.floor(0.95 * times.length)] ?? Number.NaN;
}
