// Chance that can be had again: the same seed, the same draws.

export interface Random {
  /** Below `count`. */
  below(count: number): number;
  pick<T>(choices: readonly T[]): T;
  /** Each choice as often as its weight says. */
  weighted<T>(choices: readonly (readonly [T, number])[]): T;
}

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number) => Math.floor(next() * count);
  const pick = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;
  return {
    below,
    pick,
    weighted(choices) {
      const sum = choices.reduce((total, [, weight]) => total + weight, 0);
      let left = next() * sum;
      for (const [choice, weight] of choices) {
        left -= weight;
        if (left < 0) return choice;
      }
      return pick(choices)[0];
    },
  };
}
