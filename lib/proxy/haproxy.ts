// HAProxy behind the Proxy interface: commands over its admin socket, and the map's file, which a restarted HAProxy loads.
// Only one process may write: the deploy worker.

import { rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, setEntry } from './admin-socket.ts';
import { CONNECT_MS_MAX, OPEN_REQUESTS } from './config.ts';
import { checkHost, diffRoutes, parseOpenRequests, parseShownMap, renderMap, writeTarget } from './map.ts';
import { ASLEEP, AWAY, leadsNowhere, type Proxy, type Target } from './proxy.ts';

export interface Haproxy extends Proxy {
  /**
   * Makes map and file equal to these routes; answers how many entries were wrong. What is to change or to go is asked for
   * once more first, because a deployment or a launch may have switched meanwhile; null: leave it, or let it go.
   */
  sync(desired: ReadonlyMap<string, Target>, now: (host: string) => Promise<Target | null>): Promise<number>;
  /**
   * Answers when no request still knocks at an address that a host other than this one has lost: until then its next
   * holder, which the engine may give it to at once, would be shown to visitors of the wrong host.
   */
  quiet(host: string): Promise<void>;
  /**
   * Requests and upgraded connections that are open at this moment, by host; a host without any is left out. One that
   * waits for its site to wake is among them.
   */
  openRequests(): Promise<Map<string, number>>;
}

/** Throws ECONNREFUSED or ENOENT when HAProxy does not come back within five seconds. */
export function createHaproxy({ socketPath, mapFile }: { socketPath: string; mapFile: string }): Haproxy {
  const wanted = new Map<string, Target>();
  const lost = new Map<string, number>();
  let writing: Promise<void> = Promise.resolve();

  /** Writers follow each other, each with the newest content, also after one that failed, such as on a full disk. */
  const save = () => {
    const before = writing.catch(() => {}); // Whoever asked for it has heard of it.
    writing = before.then(async () => {
      await writeFile(`${mapFile}.new`, renderMap(wanted), { mode: 0o644 });
      await rename(`${mapFile}.new`, mapFile);
    });
    return writing;
  };

  const set = async (host: string, target: Target) => {
    await setEntry(socketPath, `${mapFile} ${checkHost(host)} ${writeTarget(target)}`);
  };

  return {
    /** An address has one host: another one that still leads there is late. */
    async setRoute(host, target) {
      const before = wanted.get(host);
      if (before && isSame(before, AWAY) && isSame(target, AWAY)) return;
      if (before && !leadsNowhere(before) && losesAddress(target)) lost.set(host, Date.now());
      wanted.set(host, target);
      const stale = [...wanted].filter(([other, { address }]) => other !== host && address === target.address);
      for (const [other] of leadsNowhere(target) ? [] : stale) await this.setRoute(other, AWAY);
      await Promise.all([set(host, target), save()]);
    },
    async removeRoute(host) {
      wanted.delete(host);
      // An entry that is not there is answered with a complaint: the wish is fulfilled all the same.
      await Promise.all([command(socketPath, `del map ${mapFile} ${checkHost(host)}`), save()]);
    },
    async routes() {
      return parseShownMap(await command(socketPath, `show map ${mapFile}`));
    },
    async sync(desired, now) {
      const actual = parseShownMap(await command(socketPath, `show map ${mapFile}`));
      const { set: changed, remove } = diffRoutes(actual, desired);
      // As it is, until it is changed: if `now` fails, who next gets an address still finds the host that leads there.
      wanted.clear();
      for (const [host, target] of actual) wanted.set(host, target);
      for (const host of [...changed.map(([each]) => each), ...remove]) {
        const target = await now(host);
        if (target) {
          if (actual.has(host) && losesAddress(target)) lost.set(host, Date.now());
          wanted.set(host, target);
          await set(host, target);
        } else if (!desired.has(host)) {
          wanted.delete(host);
          await command(socketPath, `del map ${mapFile} ${host}`);
        }
      }
      await save();
      return changed.length + remove.length;
    },
    async quiet(host) {
      for (;;) {
        for (const [other, since] of lost) if (Date.now() - since > CONNECT_MS_MAX) lost.delete(other);
        const others = [...lost].flatMap(([other, since]) => (other === host ? [] : [since]));
        if (others.length === 0) return;
        await sleep(Math.max(...others) + CONNECT_MS_MAX - Date.now() + 1);
      }
    },
    openRequests: async () =>
      parseOpenRequests(await command(socketPath, `show table ${OPEN_REQUESTS} data.conn_cur gt 0`)),
  };
}

/** Its requests may still knock at where it was. Before a site sleeps, its requests have ended. */
function losesAddress(target: Target): boolean {
  return leadsNowhere(target) && !isSame(target, ASLEEP);
}

function isSame(a: Target, b: Target): boolean {
  return a.address === b.address && a.port === b.port;
}
