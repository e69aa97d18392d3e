// One thing that is not on the machine as the rows want it, or is there and nobody wants it.

export interface Difference {
  /** The kind of thing: `container`, `route`, `disk` … */
  part: string;
  /** What it is of: a site's name, or what an orphan is called. */
  of: string;
  /** What is wrong with it, so that "PART of OF: TEXT" reads well. */
  text: string;
  /** A living process is at it, and that may take as long as a build does. */
  underWay?: boolean;
}

/** Pure. */
export function writeDifference({ part, of, text }: Difference): string {
  return `${part} of ${of}: ${text}`;
}

/** In one of them and not in the other. Pure. */
export function compareSets<T>(wanted: Iterable<T>, actual: Iterable<T>): { missing: T[]; orphaned: T[] } {
  const [should, is] = [new Set(wanted), new Set(actual)];
  return {
    missing: [...should].filter((one) => !is.has(one)),
    orphaned: [...is].filter((one) => !should.has(one)),
  };
}
