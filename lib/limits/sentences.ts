// Every sentence of the limits policy: what is the matter, with its numbers, and one next step. Page, event, alert and the
// SSH message of the day show the same words. No part of them is tenant input. Words between backticks are code.

import { formatBytes, formatShare } from '../bytes.ts';
import type { VerdictLevel } from './verdict.ts';

export interface Sentence {
  text: string;
  hint: string;
}

interface Share {
  used: number;
  max: number;
}

/** "1 process", "2,000 processes". */
export function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

const plain = (number: number) => number.toLocaleString('en-US');
const minutesOf = (minutes: number) => count(minutes, 'minute', 'minutes');

const FIND_BIG =
  'Find the big files over SSH with `du -xah / 2>/dev/null | sort -h | tail` and delete what you do not need. What checkpoints hold comes back when you delete those, on their page.';

export function diskSentence(level: VerdictLevel, { used, max }: Share): Sentence {
  const share = formatShare(used, max);
  if (level === 'over') {
    const text = `Disk is full: ${share}. Writes fail until you delete files or ask for more.`;
    return { text, hint: FIND_BIG };
  }
  return { text: `Disk is ${level === 'critical' ? 'nearly full' : 'filling up'}: ${share}.`, hint: FIND_BIG };
}

export function inodesSentence(level: VerdictLevel, { used, max }: Share): Sentence {
  const share = `${plain(used)} of ${count(max, 'file', 'files')} and folders`;
  const hint =
    'Count them over SSH with `du --inodes -x / 2>/dev/null | sort -n | tail` and delete what you do not need.';
  if (level === 'over') {
    return {
      text: `Too many files: ${share}. The disk takes nothing more until you delete some or ask for more.`,
      hint,
    };
  }
  return { text: `${level === 'critical' ? 'Nearly too many' : 'Many'} files: ${share}.`, hint };
}

/** `refused`: processes that the kernel ended. */
export function memorySentence(level: VerdictLevel, { used, max, refused }: Share & { refused: number }): Sentence {
  if (level === 'over') {
    return {
      text: `The kernel ended ${count(refused, 'process', 'processes')}: the site asked for more than its ${formatShare(max, max).split(' of ')[0]} of memory.`,
      hint: 'The web process is started again by itself. Use less memory at a time, or ask for more.',
    };
  }
  const share = formatShare(used, max);
  return {
    text: `Memory is ${level === 'critical' ? 'nearly used up' : 'filling up'}: ${share}.`,
    hint: 'At the limit the kernel ends the process that takes the most.',
  };
}

/** `refused`: processes that the kernel did not start. */
export function processesSentence(level: VerdictLevel, { used, max, refused }: Share & { refused: number }): Sentence {
  const hint = 'Sign in over SSH and end what you do not need, or restart the site on its page.';
  if (level === 'over') {
    const refusals = count(refused, 'process', 'processes');
    return { text: `The kernel refused to start ${refusals}: all ${plain(max)} process slots were taken.`, hint };
  }
  const share = `${plain(used)} of ${plain(max)}`;
  return level === 'critical'
    ? { text: `Nearly all process slots are taken: ${share}.`, hint }
    : { text: `Many processes and threads run: ${share}.`, hint };
}

export function cpuSentence({ max }: { max: number }): Sentence {
  const cores = max / 1_000;
  return {
    text: `The CPU limit slows the site down: for most of the last minute it wanted more than its ${count(Number(cores.toFixed(2)), 'core', 'cores')}.`,
    hint: 'Nothing is broken, but answers take longer. Find what is busy over SSH with `top`, or ask for more.',
  };
}

/** `used`: bytes a second. `max`: bytes kept. */
export function logSentence({ used, max }: Share): Sentence {
  return {
    text: `The log is flooded: the app writes ${formatBytes(used)} a second, and only the newest ${formatBytes(max)} are kept.`,
    hint: 'What matters is soon gone from it. Let the app write less, or into a file on the disk.',
  };
}

/** The app ended so many times within so many minutes that the site was stopped. */
export function stormSentence({ ends, minutes }: { ends: number; minutes: number }): Sentence {
  return {
    text: `The site was stopped: its app ended ${count(ends, 'time', 'times')} within ${minutesOf(minutes)}.`,
    hint: 'Its log says why. Mend it over SSH or push a release that works, or start it again on its page.',
  };
}

export type NetworkAbuse = 'closed' | 'connections';

export function networkSentence(abuse: NetworkAbuse, { refused, max }: { refused: number; max: number }): Sentence {
  if (abuse === 'connections') {
    return {
      text: `The site floods the network: ${count(refused, 'new connection was', 'new connections were')} refused, its limit is ${plain(max)} a second.`,
      hint: "Find what opens them over SSH with `ps aux`: it may be somebody else's program. If it goes on, the site is stopped.",
    };
  }
  return {
    text: `The site tries to reach what is closed to it: ${count(refused, 'attempt was', 'attempts were')} refused.`,
    hint: "Other sites, the host, private networks and mail servers are closed to all. Find what tries over SSH with `ps aux`: it may be somebody else's program. If it goes on, the site is stopped.",
  };
}

/** For the site that did not stop. */
export function networkHoldText(abuse: NetworkAbuse, minutes: number): string {
  const did = abuse === 'closed' ? 'tried to reach what is closed to it' : 'flooded the network with new connections';
  return `The site was stopped: it ${did} for ${minutesOf(minutes)}.`;
}

/** `minutes`: 0 when it was put to sleep. */
export function idleSentence(minutes: number): Sentence {
  return {
    text: minutes > 0 ? `The site sleeps: nobody asked for it for ${minutesOf(minutes)}.` : 'The site sleeps.',
    hint: 'The next visit, SSH session or push wakes it.',
  };
}

/** `minutes` are left; 0: none. */
export function expirySentence(minutes: number): Sentence {
  if (minutes <= 0) return { text: "The site's time is over.", hint: 'It is being removed, with everything it had.' };
  return {
    text: `This site ends in ${minutesOf(minutes)}.`,
    hint: 'Clone its repository now if you want to keep the code.',
  };
}

/** Of a kind that is well again; null: nobody needs to be told. */
export function wellSentence(kind: string, { used = 0, max = 0 }: Partial<Share>): string | null {
  switch (kind) {
    case 'disk':
      return `Disk is well again: ${formatShare(used, max)}.`;
    case 'memory':
      return `Memory is well again: ${formatShare(used, max)}.`;
    case 'inodes':
      return `The number of files is well again: ${plain(used)} of ${plain(max)}.`;
    case 'processes':
      return `Processes are well again: ${plain(used)} of ${plain(max)}.`;
    case 'cpu':
      return 'The CPU limit no longer slows the site down.';
    case 'log':
      return 'The log is no longer flooded.';
    case 'network':
      return 'The site no longer tries what the network refuses.';
    default:
      return null;
  }
}

export const POOL_WORDS = "The machine's disk is nearly full";

/** For the tenant whose disk is held because the machine's is nearly full: it grew the fastest. */
export function poolHoldSentence(pool: Share, growth: { bytesPerSecond: number }): string {
  return `${POOL_WORDS}: ${formatShare(pool.used, pool.max)}. This site grew the fastest, by ${formatBytes(growth.bytesPerSecond)} a second, so its disk takes nothing more until there is room.`;
}

/** For the admins. */
export function poolSentence(level: 'over' | 'info', pool: Share, held: number): string {
  const share = formatShare(pool.used, pool.max);
  if (level === 'info') return `The machine's disk has room again: ${share}.`;
  const sites = held === 0 ? 'No site is held' : `${count(held, 'site is', 'sites are')} held`;
  return `${POOL_WORDS}: ${share}. ${sites}, and launches are refused.`;
}

export type HostResource = 'host-memory' | 'host-processes' | 'host-disk';

/** For the admins, about the machine itself. */
export function hostSentence(kind: HostResource, level: 'warn' | 'critical' | 'info', { used, max }: Share): string {
  const percent = Math.floor((used / max) * 100);
  if (kind === 'host-processes') {
    const share = `${plain(used)} of ${plain(max)}`;
    if (level === 'info') return `The machine has processes free again: ${share} are taken.`;
    if (level === 'warn') return `${percent} % of the machine's processes are taken: ${share}.`;
    return `Nearly all processes of the machine are taken: ${share}.`;
  }
  const isMemory = kind === 'host-memory';
  const what = isMemory ? "The machine's memory" : "The disk that holds the platform's own data";
  const share = formatShare(used, max);
  if (level === 'info') return `${what} has room again: ${share}.`;
  if (level === 'warn') return `${what} is at ${percent} %: ${share}.`;
  return `${what} is nearly ${isMemory ? 'used up' : 'full'}: ${share}.`;
}

/** For the admins, about the keeper itself. `seconds` since the last reading, or that one took. */
export function keeperSentence(problem: 'silent' | 'slow' | 'back', seconds: number): string {
  const time = count(Math.round(seconds), 'second', 'seconds');
  if (problem === 'silent')
    return `The keeper has not been able to read what sites use for ${time}. Their limits hold all the same.`;
  if (problem === 'slow') return `The keeper took ${time} to read what all sites use. Their limits hold all the same.`;
  return `The keeper reads what sites use again, after ${time}.`;
}
