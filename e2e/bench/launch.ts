// From the click to the first 200, beside what one would type.

import { must } from '../setup/programs.ts';
import { BENCH_INSTANCE, ENGINE, launch, remove, type Site, untilReady, untilServed } from './instance.ts';
import { compare, type Figure, timed } from './measure.ts';

/** Click → first 200: a ready site, and one made from nothing while the visitor waits. */
export async function benchLaunch(base: string): Promise<Figure[]> {
  const ready = async () => {
    await untilReady(Number(BENCH_INSTANCE.LIGHTKEEPER_READY_SITES));
    return measureLaunch('live');
  };
  const byHand = () => dockerRun(base);
  return [
    await compare('click → 200, ready site', 'docker run until 200', 9, ready, byHand),
    await compare('click → 200, empty pool', 'docker run until 200', 7, () => measureLaunch('launching'), byHand),
  ];
}

/** Clicks until the answer is of the wanted kind, and times that click. All sites are deleted afterwards. */
async function measureLaunch(state: Site['state']): Promise<number> {
  const launched: Site[] = [];
  try {
    for (;;) {
      const start = performance.now();
      const site = await launch();
      launched.push(site);
      if (site.state !== state) continue;
      await untilServed(site.address);
      return performance.now() - start;
    }
  } finally {
    for (const site of launched) await remove(site);
  }
}

/** What one would type: the same limits, the same server, on the same engine. */
async function dockerRun(base: string): Promise<number> {
  const mounts = ['usr', 'etc', 'var'].flatMap((dir) => ['-v', `${base}/${dir}:/${dir}:ro`]);
  const limits = ['--memory', '256m', '--memory-swap', '256m', '--cpus', '1', '--pids-limit', '128'];
  const docker = (...args: string[]) => must('docker', ['-H', ENGINE, ...args]);
  const skeleton = (await docker('images', '--format', '{{.Repository}}:{{.Tag}}')).split('\n')[0] ?? '';
  let id = '';
  const took = await timed(async () => {
    id = (await docker('run', '-d', ...limits, ...mounts, skeleton, 'python3', '-m', 'http.server', '8000')).trim();
    const address = (await docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', id)).trim();
    await untilServed(`http://${address}:8000/`);
  });
  await docker('rm', '-f', id);
  return took;
}
