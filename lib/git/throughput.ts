// Whether bytes keep moving: a bucket that they fill, and that time empties at the least rate that is enough.

/** 1 Mbit/s. */
const ENOUGH_BYTES_PER_MS = 128;
/** What a burst is good for, at the most. */
const FULL_BYTES = ENOUGH_BYTES_PER_MS * 15_000;

export interface Throughput {
  moved(bytes: number): void;
  isLow(): boolean;
}

export function createThroughput(now = () => performance.now()): Throughput {
  let level = FULL_BYTES;
  let at = now();
  const drain = () => {
    const time = now();
    level = Math.max(0, level - (time - at) * ENOUGH_BYTES_PER_MS);
    at = time;
  };
  return {
    moved(bytes) {
      drain();
      level = Math.min(FULL_BYTES, level + bytes);
    },
    isLow() {
      drain();
      return level === 0;
    },
  };
}
