// A verdict in a word or two.

import { type Gravity, gravityOf } from '#lib/admin/worst-first.ts';

const KINDS: Record<string, string> = {
  disk: 'Disk',
  inodes: 'Files',
  memory: 'Memory',
  processes: 'Processes',
  cpu: 'CPU',
  log: 'Log',
  restarts: 'Restarts',
  network: 'Network',
  idle: 'Idle',
  expiry: 'Expiry',
};

const LEVELS: Record<string, string> = {
  warn: 'high',
  critical: 'nearly full',
  over: 'at the limit',
  throttled: 'throttled',
  storm: 'storm',
  abusive: 'abusive',
  expired: 'over',
};

/** "Disk at the limit", "CPU throttled", "Idle". */
export function verdictWords({ kind, level }: { kind: string; level: string }): string {
  const name = kindWord(kind);
  return level === 'idle' ? name : `${name} ${LEVELS[level] ?? level}`;
}

export function kindWord(kind: string): string {
  return KINDS[kind] ?? kind;
}

export const GRAVITY_COLOURS: Record<Gravity, string> = {
  bad: 'bg-bad/10 text-bad',
  warn: 'bg-warn/12 text-warn',
  info: 'bg-line/60 text-muted',
};

export function verdictColour({ level }: { level: string }): string {
  return GRAVITY_COLOURS[gravityOf(level)];
}
