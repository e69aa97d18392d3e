// What will happen when a site's limits become others, said before it is done. Pure.

import { formatBytes } from '../bytes.ts';
import { count, type LimitStep, limitName, stepsBetween, writeLimit } from './limit-words.ts';
import type { SiteLimits } from './limits.ts';

/** What is known of the site. */
export interface SeenSite {
  /** Its newest reading; null: none yet. */
  usage: { diskBytes: number; memoryBytes: number; pids: number; inodes: number | null } | null;
  /** Whether its container runs, frozen or not. */
  runs: boolean;
  /** An ext4 disk does not get smaller while it is in use. */
  diskKind: string;
}

/** One sentence for each limit that changes. */
export function foresee(before: SiteLimits, after: SiteLimits, seen: SeenSite): string[] {
  const steps = stepsBetween(before, after);
  const sentences = steps.map((step) => foreseeStep(step, seen));
  if (steps.length > 0 && !seen.runs)
    sentences.push('The site does not run now: what its container needs is set when it starts.');
  return sentences;
}

function foreseeStep(step: LimitStep, seen: SeenSite): string {
  if (step.limit === 'diskBytesMax') return foreseeDisk(step, seen);
  if (step.limit === 'memoryBytesMax') return foreseeMemory(step, seen);
  if (step.limit === 'pidsMax') return foreseeProcesses(step, seen);
  if (step.limit === 'inodesMax') return foreseeInodes(step, seen);
  if (step.limit === 'connectionsMax' && step.to < step.from) return `${change(step)}; those that are open stay open.`;
  return `${change(step)} at once.`;
}

function foreseeDisk(step: LimitStep, { usage, diskKind }: SeenSite): string {
  const used = usage?.diskBytes ?? 0;
  if (step.to < step.from && diskKind === 'ext4') {
    return used > step.to
      ? `The disk holds ${formatBytes(used)}, so it cannot become ${formatBytes(step.to)}: it stays as it is until it holds less and the site is stopped.`
      : `${change(step)} when the site is stopped and started: this machine's disks do not get smaller while in use.`;
  }
  if (used <= step.to) return `${change(step)} at once, and ${formatBytes(used)} are used.`;
  return `The disk holds ${formatBytes(used)}. At ${formatBytes(step.to)} writes fail until ${formatBytes(used - step.to)} are deleted.`;
}

function foreseeMemory(step: LimitStep, { usage, runs }: SeenSite): string {
  const used = usage?.memoryBytes ?? 0;
  if (!runs || used <= step.to) return `${change(step)} at once, without a restart.`;
  return (
    `This site uses ${formatBytes(used)} of memory now. At ${formatBytes(step.to)} its container is restarted, because ` +
    'memory cannot be taken back from processes that run: sessions end, and the site is away for some seconds.'
  );
}

function foreseeProcesses(step: LimitStep, { usage }: SeenSite): string {
  const used = usage?.pids ?? 0;
  if (used <= step.to) return `${change(step)} at once.`;
  return (
    `${change(step)}: new processes and threads are refused while ${count(used)} run, until there are fewer than ` +
    `${count(step.to)}. None is ended, but an app that needs a thread for each request does not answer meanwhile.`
  );
}

function foreseeInodes(step: LimitStep, { usage }: SeenSite): string {
  const used = usage?.inodes ?? 0;
  if (used <= step.to) return `${change(step)} at once.`;
  return `The site has ${count(used)} files and directories. At ${count(step.to)} its disk is held at what it uses until there are fewer.`;
}

function change({ limit, from, to }: LimitStep): string {
  const name = limitName(limit);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}: from ${writeLimit(limit, from)} to ${writeLimit(limit, to)}`;
}
