// Visitors of one site at a steady rate, over connections that stay open, and how many of them were not answered by it.

import http from 'node:http';

export interface Visits {
  asked: { count: number; perSecond: number };
  /** No answer, or another status than 200. */
  lost: number;
}

export function startVisitors(address: string, perSecond: number): { stop(): Promise<Visits> } {
  const { host, port } = new URL(address);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 50 });
  const start = performance.now();
  const open = new Set<Promise<void>>();
  let [count, lost] = [0, 0];
  const visit = () =>
    new Promise<void>((resolve) => {
      const end = (isLost: boolean) => {
        if (isLost) lost += 1;
        resolve();
      };
      const request = http.get({ host: '127.0.0.1', port, headers: { host }, agent, timeout: 10_000 }, (response) => {
        response.resume();
        response.on('end', () => end(response.statusCode !== 200));
        response.on('error', () => end(true));
      });
      request.on('timeout', () => request.destroy(new Error('no answer in 10 s')));
      request.on('error', () => end(true));
    });
  const timer = setInterval(() => {
    // As many as are due by now, whenever the timer came.
    while (count < ((performance.now() - start) / 1000) * perSecond) {
      count += 1;
      const one = visit().finally(() => open.delete(one));
      open.add(one);
    }
  }, 5);
  return {
    async stop() {
      clearInterval(timer);
      const seconds = (performance.now() - start) / 1000;
      await Promise.all(open);
      agent.destroy();
      return { asked: { count, perSecond: count / seconds }, lost };
    },
  };
}
