// When a meter turns amber and red.

export type Level = 'good' | 'warn' | 'bad';

const WARN_SHARE = 0.8;
const BAD_SHARE = 0.95;

export function levelOf(used: number, max: number): Level {
  const share = max > 0 ? used / max : 0;
  if (share >= BAD_SHARE) return 'bad';
  return share >= WARN_SHARE ? 'warn' : 'good';
}
