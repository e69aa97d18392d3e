// The word that somebody probably meant. Pure.

const DISTANCE_MAX = 2;
const CHARACTERS_MAX = 24;

/** The known word that is at most two slips of the keyboard away, and nearer than it is long; null: none is. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > CHARACTERS_MAX) return null;
  const near = known
    .map((each) => ({ each, distance: distanceOf(word.toLowerCase(), each) }))
    .filter(({ each, distance }) => distance <= DISTANCE_MAX && distance < Math.min(each.length, word.length))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.each ?? null;
}

/** Letters added, left out, changed, or swapped with their neighbour (optimal string alignment). */
function distanceOf(a: string, b: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, last] = [last, next];
  }
  return last[b.length] ?? 0;
}
