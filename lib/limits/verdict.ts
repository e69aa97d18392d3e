// The words of the limits policy: what can be said about a site, how bad it is, and what is done about it.

export const VERDICT_KINDS = [
  'disk',
  'inodes',
  'memory',
  'processes',
  'cpu',
  'log',
  'restarts',
  'network',
  'idle',
  'expiry',
] as const;
export type VerdictKind = (typeof VERDICT_KINDS)[number];

/** `warn` from 80 % on, `critical` from 95 %, `over` when the kernel refused; the others have their own measure. */
export type VerdictLevel = 'warn' | 'critical' | 'over' | 'throttled' | 'storm' | 'abusive' | 'idle' | 'expired';

export interface Verdict {
  kind: VerdictKind;
  level: VerdictLevel;
  /** One plain sentence with the numbers: "Disk is full: 1,024 MB of 1,024 MB. Writes fail until …". */
  text: string;
  /** One next step. */
  hint: string;
  numbers: Record<string, number>;
}

/** What the keeper is to do; the kernel's limits hold meanwhile. */
export type Action =
  | { do: 'hold'; cause: 'storm' | 'network'; text: string }
  /** Too many files: no more growth until there are fewer. */
  | { do: 'hold-disk'; text: string }
  | { do: 'release-disk' }
  | { do: 'rest'; rest: 'frozen' | 'stopped' }
  | { do: 'delete' };
