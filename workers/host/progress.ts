// What a person at the terminal sees of set-up: each step with its time, and on long ones the latest detail.

const TICK_MS = 5_000;

export interface Progress {
  /** Runs a step; its detail lines are shown every few seconds while it lasts. */
  step<T>(title: string, work: (detail: (line: string) => void) => Promise<T>): Promise<T>;
  say(line: string): void;
}

/** Writes to standard error, so that standard output is free for the answer. */
export function createProgress(write: (text: string) => void = (text) => process.stderr.write(text)): Progress {
  return {
    say: (line) => write(`${line}\n`),
    async step(title, work) {
      const start = performance.now();
      const seconds = () => ((performance.now() - start) / 1000).toFixed(1).padStart(6);
      let latest = '';
      const ticker = setInterval(
        () => write(`${seconds()} s   … ${title}${latest ? `: ${latest.slice(0, 100)}` : ''}\n`),
        TICK_MS,
      );
      try {
        const result = await work((line) => {
          latest = line.trim() || latest;
        });
        write(`${seconds()} s   ${title}\n`);
        return result;
      } finally {
        clearInterval(ticker);
      }
    },
  };
}
