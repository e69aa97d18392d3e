// Each bench: the product's figure beside the same thing done by hand in the same run.

import { benchCheckpoints } from './checkpoints.ts';
import { benchDashboard } from './dashboard.ts';
import { benchHundred } from './hundred.ts';
import { BENCH_INSTANCE } from './instance.ts';
import { benchKeeper } from './keeper.ts';
import { benchLaunch } from './launch.ts';
import type { Figure } from './measure.ts';
import { benchMemory } from './memory.ts';
import { benchProxy } from './proxy.ts';
import { benchPush } from './push.ts';
import { benchRequest } from './request.ts';
import { benchSsh } from './ssh.ts';
import { benchStorm } from './storm.ts';
import { benchWake } from './wake.ts';

export interface Bench {
  name: string;
  run(base: string, say: (line: string) => void): Promise<Figure[]>;
}

export const BENCHES: Bench[] = [
  { name: 'launch', run: (base) => benchLaunch(base) },
  { name: 'push', run: () => benchPush() },
  { name: 'ssh', run: () => benchSsh() },
  { name: 'request', run: () => benchRequest() },
  { name: 'proxy', run: () => benchProxy() },
  { name: 'wake', run: () => benchWake() },
  { name: 'checkpoints', run: () => benchCheckpoints() },
  { name: 'memory', run: () => benchMemory() },
  { name: 'dashboard', run: () => benchDashboard() },
  { name: 'keeper', run: () => benchKeeper(BENCH_INSTANCE) },
  { name: 'hundred', run: () => benchHundred() },
  { name: 'storm', run: (_, say) => benchStorm(say) },
];
