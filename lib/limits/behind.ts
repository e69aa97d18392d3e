// Which sites stand behind the others for the processors: on a busy machine, those that take much of them. Each keeps its
// limit; what is left over is still theirs. Pure.

/** Of all the host's processors together, from 0 to 1. */
export interface ProcessorShares {
  host: number;
  /** By the container's id. */
  containers: ReadonlyMap<string, number>;
}

/** From here on the host is busy, and stays so until it falls below the second: then nobody stands behind. */
const HOST_BUSY = 0.9;
export const HOST_QUIET = 0.75;
/** A container that takes this much; and one that is left with less than the second has its turn again. */
const MUCH = 0.1;
const LITTLE = 0.03;
/** For as long at the least: who is left with little would else be back before the next look. */
const KEPT_MS = 3_000;

/** By the container's id: since when. */
export type Behind = ReadonlyMap<string, number>;

export function nextBehind(before: Behind, { host, containers }: ProcessorShares, nowMs: number): Behind {
  if (host < HOST_QUIET) return new Map();
  const after = new Map<string, number>();
  for (const [id, share] of containers) {
    const since = before.get(id);
    if (since === undefined ? host >= HOST_BUSY && share >= MUCH : share >= LITTLE || nowMs - since < KEPT_MS) {
      after.set(id, since ?? nowMs);
    }
  }
  return after;
}
