// A connection's places for channels. A place that is never given back (a session that is opened, and nothing started)
// stays taken until the connection ends, because ssh2 keeps it too.

export interface Slots {
  /** Null when all are taken. */
  take(): { release: () => void } | null;
}

export function slots(count: number): Slots {
  let taken = 0;
  return {
    take() {
      if (taken >= count) return null;
      taken += 1;
      let isReleased = false;
      const release = () => {
        if (!isReleased) taken -= 1;
        isReleased = true;
      };
      return { release };
    },
  };
}
