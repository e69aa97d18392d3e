// Keeps one listener per site, as the database has them: opens, moves and closes, and ends the connections of those
// whose site, password or key is gone. Waiting sites listen already, so that a claim is instant; nobody can log in there.

import type { Log } from '#lib/log.ts';
import { includes } from '#lib/sites/access.ts';
import type { Admission } from './admission.ts';
import { accessWith, type CredentialDeps } from './credentials.ts';
import type { Listener } from './listener.ts';
import type { DoorSite } from './sites.ts';

export interface SiteListenersDeps extends CredentialDeps {
  admission: Admission;
  log: Log;
  open: (port: number) => Promise<Listener>;
}

export interface SiteListeners {
  /** Brings one site into line. */
  look(siteId: string): Promise<void>;
  /** Brings all into line. */
  lookAtAll(): Promise<void>;
  closeAll(because: string): Promise<void>;
}

export interface ListenerPlan {
  /** Sites whose listener goes. */
  close: string[];
  open: { siteId: string; port: number }[];
}

/** What to change, given the ports that listen by site. A port that moves between sites is closed before it is opened. */
export function planListeners(
  listening: ReadonlyMap<string, number>,
  wanted: readonly Pick<DoorSite, 'id' | 'port'>[],
): ListenerPlan {
  const ports = new Map(wanted.map((site) => [site.id, site.port]));
  const close = [...listening].filter(([siteId, port]) => ports.get(siteId) !== port).map(([siteId]) => siteId);
  const open = [...ports].filter(([siteId, port]) => listening.get(siteId) !== port);
  return { close, open: open.map(([siteId, port]) => ({ siteId, port })) };
}

export function createSiteListeners(deps: SiteListenersDeps): SiteListeners {
  const listeners = new Map<string, Listener>();
  let turn: Promise<void> = Promise.resolve();
  let isClosed = false;

  /** One change at a time. The next starts also after a failure. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(() => (isClosed ? undefined : work()));
    turn = mine.catch(() => {});
    return mine;
  };
  const close = async (siteId: string, because: string) => {
    const listener = listeners.get(siteId);
    listeners.delete(siteId);
    await listener?.close(because);
  };
  const open = async (siteId: string, port: number) => {
    try {
      listeners.set(siteId, await deps.open(port));
    } catch (cause) {
      deps.log.warn({ site: siteId, port, cause: String(cause) }, 'cannot listen on a site’s SSH port; trying again');
    }
  };
  const settle = async (scope: 'all' | string, wanted: DoorSite[]) => {
    const listening = new Map<string, number>();
    for (const [siteId, { port }] of listeners) {
      const isPortTaken = wanted.some((site) => site.port === port);
      if (scope === 'all' || scope === siteId || isPortTaken) listening.set(siteId, port);
    }
    const plan = planListeners(listening, wanted);
    await Promise.all(plan.close.map((siteId) => close(siteId, 'its site is gone')));
    for (const { siteId, port } of plan.open) await open(siteId, port);
    await endWithdrawn(deps, scope, wanted);
  };

  return {
    look: (siteId) =>
      inTurn(async () => {
        const site = await deps.sites.findById(siteId);
        await settle(siteId, site ? [site] : []);
      }),
    lookAtAll: () => inTurn(async () => settle('all', await deps.sites.list())),
    async closeAll(because) {
      isClosed = true;
      await turn;
      await Promise.all([...listeners.keys()].map((siteId) => close(siteId, because)));
    },
  };
}

/** A removed key or member, a lesser role, a changed password and a deleted site end what they had let in, on the gateway too. */
async function endWithdrawn(deps: SiteListenersDeps, scope: 'all' | string, sites: DoorSite[]): Promise<void> {
  const byId = new Map(sites.map((site) => [site.id, site]));
  for (const [guard, { site, credential, access, isLeaving }] of deps.admission.guests()) {
    if (!site || isLeaving || (scope !== 'all' && scope !== site.id)) continue;
    const current = byId.get(site.id);
    const opens = current ? await accessWith(deps, current, credential) : null;
    if (!current) guard.end('its site is gone');
    else if (!opens || !includes(opens, access)) guard.end('what it logged in with was withdrawn');
  }
}
