// How fast the output of a tenant's programs is read. What is not read waits in the container, where a full pipe stops
// the program that floods it: the flood then costs the one who makes it, and not the worker that all sites share.

export interface PaceLimits {
  burstBytes: number;
  bytesPerSecond: number;
}

/** More than any build prints that somebody reads. */
export const OUTPUT_PACE: PaceLimits = { burstBytes: 8 << 20, bytesPerSecond: 512 << 10 };

/** A token bucket. Answers for each piece that was read how many milliseconds to pause before the next. */
export function createPace(
  { burstBytes, bytesPerSecond }: PaceLimits,
  nowMs: () => number = () => performance.now(),
): (bytes: number) => number {
  let left = burstBytes;
  let since = nowMs();
  return (bytes) => {
    const now = nowMs();
    left = Math.min(burstBytes, left + ((now - since) / 1000) * bytesPerSecond) - bytes;
    since = now;
    return left >= 0 ? 0 : Math.ceil((-left / bytesPerSecond) * 1000);
  };
}
