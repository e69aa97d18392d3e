// At most so many at a time for each key, the others in line: opening a process is work of the engine, not of the site
// that asks for it.

export interface Gate {
  through<T>(key: string, work: () => Promise<T>): Promise<T>;
}

export function createGate(atATime: number): Gate {
  const lines = new Map<string, { running: number; waiting: (() => void)[] }>();
  return {
    async through(key, work) {
      const line = lines.get(key) ?? { running: 0, waiting: [] };
      lines.set(key, line);
      if (line.running >= atATime) await new Promise<void>((resolve) => line.waiting.push(resolve));
      else line.running += 1;
      try {
        return await work();
      } finally {
        const next = line.waiting.shift();
        if (next) next();
        else line.running -= 1;
        if (line.running === 0) lines.delete(key);
      }
    },
  };
}
