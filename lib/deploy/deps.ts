// What deployments need, built once by the process that runs them.

import type { Db } from '../db/client.ts';
import type { Engine } from '../engine/engine.ts';
import type { Settings } from '../env.ts';
import type { Slots } from '../git/slots.ts';
import type { Log } from '../log.ts';
import type { Proxy } from '../proxy/proxy.ts';

export interface DeployDeps {
  db: Db;
  engine: Engine;
  proxy: Proxy;
  settings: Settings;
  log: Log;
  /** This process's row in Heartbeat; new at each start of the process. */
  runner: string;
  /**
   * Deployments of this process whose end could not be written down or not be brought to the container, such as while the
   * database was away: the sweep settles them like those of a dead process.
   */
  unsettled: Set<string>;
  /** Answers when the site runs. Throws `did-not-wake`. */
  wake: (siteId: string) => Promise<unknown>;
  /** Keeps the disk as it is before a push changes it. Never throws. */
  checkpoint: (siteId: string) => Promise<unknown>;
  /** How many installs and builds run on the host at a time. */
  builds: Slots;
  /** Names what the containers are made from: dependencies built on another base are not reused. */
  base: string;
}
