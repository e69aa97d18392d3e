// Turns among sites, so that no site's names take those of the others: of looks, and of certificates. Pure.

/** The first ones of each site, in groups by site; in the order of the list. */
export function turnsOf<One extends { siteId: string }>(list: readonly One[], perSite: number, max: number): One[][] {
  const groups = new Map<string, One[]>();
  let taken = 0;
  for (const one of list) {
    const group = groups.get(one.siteId) ?? [];
    if (group.length >= perSite || taken >= max) continue;
    groups.set(one.siteId, [...group, one]);
    taken += 1;
  }
  return [...groups.values()];
}

const HOUR_MS = 3_600_000;

export interface OrderBudget {
  /** Whether this site may order now; counts it if so. */
  take(siteId: string, now: number): boolean;
}

/** Authorities limit what one account orders, for all of its names together. Kept in memory: a new process begins anew. */
export function createOrderBudget({ perSite, inAll }: { perSite: number; inAll: number }): OrderBudget {
  let orders: { siteId: string; at: number }[] = [];
  return {
    take(siteId, now) {
      orders = orders.filter(({ at }) => now - at < HOUR_MS);
      const own = orders.filter((order) => order.siteId === siteId).length;
      if (orders.length >= inAll || own >= perSite) return false;
      orders.push({ siteId, at: now });
      return true;
    },
  };
}
