// Requests to a site through the proxy beside requests straight to its container.

import { run } from '../setup/programs.ts';
import { BENCH_INSTANCE, launch, remove, untilServed } from './instance.ts';
import { compare, type Figure } from './measure.ts';
import { targetOf } from './routes.ts';

const ROUNDS = 3;

export async function benchRequest(): Promise<Figure[]> {
  const site = await launch();
  try {
    await untilServed(site.address);
    const target = await targetOf(site);
    const rate = async (url: string) => {
      const host = new URL(site.address).host;
      const { stdout } = await run('wrk', ['-t1', '-c16', '-d3s', '-H', `Host: ${host}`, url]);
      return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN);
    };
    const ours = () => rate(`http://127.0.0.1:${BENCH_INSTANCE.LIGHTKEEPER_HTTP_PORT}/`);
    const raw = () => rate(`http://${target}/`);
    return [await compare('requests, 16 connections', 'straight to the container', ROUNDS, ours, raw, 'requests/s')];
  } finally {
    await remove(site);
  }
}
