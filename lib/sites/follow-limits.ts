// Many sites get other limits at once, by their plan: what that will mean in sum, and the rows that make it so.

import type { Transaction } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';
import { notifyAll } from '../db/notify.ts';
import { addJobs } from '../jobs/add.ts';
import type { SeenSite } from './foresee-limits.ts';
import { count, joinWords, stepsBetween, tellSteps } from './limit-words.ts';
import type { OwnLimit, SiteLimits } from './limits.ts';

export interface Follower {
  id: string;
  name: string;
  before: SiteLimits;
  after: SiteLimits;
  seen: SeenSite;
}

export const FOLLOWER = { plan: true, usage: true } satisfies Prisma.SiteInclude;

const NAMES_MAX = 10;

/** The sites whose limits really differ, and those of them that are over one of the new ones. Pure. */
export function foreseeMany(followers: Follower[]): string[] {
  const changing = followers.filter(({ before, after }) => stepsBetween(before, after).length > 0);
  const rest = followers.length - changing.length;
  const sentences = [
    `${count(changing.length, 'site')} ${changing.length === 1 ? 'gets' : 'get'} other limits at once${rest > 0 ? `, ${count(rest)} ${rest === 1 ? 'stays' : 'stay'} as now` : ''}.`,
  ];
  const say = (over: Follower[], what: string) => {
    if (over.length > 0) sentences.push(`${what}: ${count(over.length, 'site')} (${namesOf(over)}).`);
  };
  const over = (limit: OwnLimit, part: keyof NonNullable<SeenSite['usage']>) =>
    changing.filter(
      ({ before, after, seen }) => before[limit] !== after[limit] && (seen.usage?.[part] ?? 0) > after[limit],
    );
  say(over('diskBytesMax', 'diskBytes'), 'Over the new disk, so writes fail until files are deleted');
  say(over('inodesMax', 'inodes'), 'Over the new number of files, so the disk is held at what it uses');
  const restarted = over('memoryBytesMax', 'memoryBytes').filter(({ seen }) => seen.runs);
  say(restarted, 'Over the new memory, so the container is restarted');
  say(over('pidsMax', 'pids'), 'Over the new number of processes, so new ones are refused until some end');
  return sentences;
}

function namesOf(sites: Follower[]): string {
  const names = sites.slice(0, NAMES_MAX).map(({ name }) => name);
  const more = sites.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${count(more)} more` : joinWords(names);
}

/** An event and a job for each site whose limits differ; answers their number. */
export async function bringInForce(tx: Transaction, followers: Follower[]): Promise<number> {
  const told = followers.flatMap(({ id, before, after }) => {
    const steps = stepsBetween(before, after);
    return steps.length > 0 ? [{ siteId: id, kind: 'limits', text: tellSteps(steps) }] : [];
  });
  if (told.length === 0) return 0;
  const ids = told.map(({ siteId }) => siteId);
  await tx.event.createMany({ data: told });
  await addJobs(tx, 'limits', ids);
  await notifyAll(tx, 'site', ids);
  return told.length;
}
