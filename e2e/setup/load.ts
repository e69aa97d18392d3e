// wrk against one site while something else happens, and what it counted.

import { spawn } from 'node:child_process';
import { TEST_INSTANCE } from './test-instance.ts';

export interface Load {
  requests: number;
  /** wrk's own words about answers that were not 2xx or 3xx, and about sockets; empty when there were none. */
  faults: string[];
}

const SECONDS_MAX = 60;

/** Starts wrk with a few connections; `stop` ends it early and reads its report. */
export function startLoad(site: { address: string }, connections = 4): { stop(): Promise<Load> } {
  const { host } = new URL(site.address);
  const child = spawn(
    'wrk',
    [
      ...['-t1', `-c${connections}`, `-d${SECONDS_MAX}s`, '--timeout', '10s', '-H', `Host: ${host}`],
      `http://127.0.0.1:${TEST_INSTANCE.LIGHTKEEPER_HTTP_PORT}/`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let report = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    report += text;
  });
  const closed = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  return {
    async stop() {
      child.kill('SIGINT');
      await closed;
      const requests = Number(/(\d+) requests in/.exec(report)?.[1] ?? 0);
      return { requests, faults: report.match(/^ *(?:Non-2xx|Socket errors).*$/gm) ?? [] };
    },
  };
}
