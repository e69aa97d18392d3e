// The last of a terminal's output, for a page that is loaded again.

/** Some thousand lines. */
export const KEPT_BYTES_MAX = 256 * 1024;
const LINE_FEED = 0x0a;

export interface KeptOutput {
  add(bytes: Buffer): void;
  /** What is kept; where something was left out it begins with a whole line, so not within a control sequence of its own line. */
  all(): Buffer;
}

export function createKeptOutput(bytesMax = KEPT_BYTES_MAX): KeptOutput {
  let pieces: Buffer[] = [];
  let size = 0;
  let isCut = false;
  const joined = () => {
    const all = Buffer.concat(pieces);
    const kept = all.subarray(Math.max(all.length - bytesMax, 0));
    isCut ||= kept.length < all.length;
    [pieces, size] = [[kept], kept.length];
    return kept;
  };
  return {
    add(bytes) {
      pieces.push(bytes);
      size += bytes.length;
      if (size > 2 * bytesMax) joined();
    },
    all() {
      const kept = joined();
      const firstEnd = isCut ? kept.indexOf(LINE_FEED) : -1;
      return firstEnd === -1 ? kept : kept.subarray(firstEnd + 1);
    },
  };
}
