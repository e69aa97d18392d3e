// What happened in a soak, in order, so that a seed that failed tells its story.

const LINES_SHOWN = 200;

export class History {
  readonly #start = performance.now();
  readonly #lines: string[] = [];
  readonly #counts = new Map<string, number>();

  note(who: string, what: string, outcome = ''): void {
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(1);
    this.#lines.push(`${seconds.padStart(7)} ${who.padEnd(6)} ${what}${outcome ? ` → ${outcome}` : ''}`);
    const kind = `${who.startsWith('user') ? 'user' : who} ${what.split(' ')[0]}`;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  counts(): string {
    return [...this.#counts]
      .sort()
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ');
  }

  toString(): string {
    return this.#lines.slice(-LINES_SHOWN).join('\n');
  }
}
