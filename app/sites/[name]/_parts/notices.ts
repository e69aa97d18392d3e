// What the page has to say about a site that is not simply well: plain sentences, the worst first.

import { formatBytes } from '#lib/bytes.ts';
import type { SiteView } from '#lib/sites/view.ts';
import { levelOf } from '../../../_components/levels.ts';

export interface SiteNotice {
  id: string;
  tone: 'info' | 'warn' | 'bad';
  message: string;
  hint: string;
}

const HOUR_MS = 3_600_000;

export function noticesOf(view: SiteView, now: number): SiteNotice[] {
  return [stateNotice(view), diskNotice(view), memoryNotice(view), processNotice(view), expiryNotice(view, now)].filter(
    (notice) => notice !== null,
  );
}

function stateNotice({ state, problem }: SiteView): SiteNotice | null {
  if (state === 'failed') {
    return {
      id: 'failed',
      tone: 'bad',
      message: problem ?? 'The launch failed.',
      hint: 'It is tried again by itself; you can also delete the site below and launch another.',
    };
  }
  if (state !== 'deleting') return null;
  return {
    id: 'deleting',
    tone: 'warn',
    message: 'This site is being removed.',
    hint: 'Its disk and its address go with it.',
  };
}

function diskNotice({ usage, limits }: SiteView): SiteNotice | null {
  const level = usage ? levelOf(usage.diskBytes, limits.diskBytes) : 'good';
  if (!usage || level === 'good') return null;
  const used = `${formatBytes(usage.diskBytes)} of ${formatBytes(limits.diskBytes)}`;
  const hint =
    'Sign in over SSH, find the big ones with `du -xah / 2>/dev/null | sort -h | tail`, and delete what you do not need.';
  return level === 'bad'
    ? { id: 'disk', tone: 'bad', message: `The disk is full: ${used}. Writing fails until there is room.`, hint }
    : { id: 'disk', tone: 'warn', message: `The disk is nearly full: ${used}.`, hint };
}

function memoryNotice({ usage, limits }: SiteView): SiteNotice | null {
  if (!usage || levelOf(usage.memoryBytes, limits.memoryBytes) !== 'bad') return null;
  return {
    id: 'memory',
    tone: 'warn',
    message: `Memory is nearly used up: ${formatBytes(usage.memoryBytes)} of ${formatBytes(limits.memoryBytes)}.`,
    hint: 'At the limit the largest process is ended and started again.',
  };
}

function processNotice({ usage, limits }: SiteView): SiteNotice | null {
  if (!usage || levelOf(usage.pids, limits.pids) !== 'bad') return null;
  return {
    id: 'processes',
    tone: 'warn',
    message: `${usage.pids} of ${limits.pids} processes and threads run.`,
    hint: 'At the limit no new one can start: sign in over SSH and end what you do not need.',
  };
}

function expiryNotice({ expiresAt, state }: SiteView, now: number): SiteNotice | null {
  if (!expiresAt || state !== 'live') return null;
  const left = Date.parse(expiresAt) - now;
  if (left > HOUR_MS) return null;
  const minutes = Math.max(Math.ceil(left / 60_000), 0);
  return {
    id: 'expiry',
    tone: 'warn',
    message:
      minutes === 0
        ? 'This site’s time is over.'
        : `This site ends in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
    hint: 'Clone its repository now if you want to keep the code.',
  };
}
