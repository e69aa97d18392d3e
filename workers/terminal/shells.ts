// All shells of browsers, found again by who opened them, where, and the id that the page chose. Bounded by site and in all.

import { AppError } from '#lib/errors/app-error.ts';
import type { Shell } from './shell.ts';

export interface ShellKey {
  siteId: string;
  /** Who opened it: nobody else finds it. */
  whose: string;
  id: string;
}

export interface Shells {
  /** The shell of this key, or a new one. Throws `too-many-requests` where there are too many, and as `open` does. */
  findOrOpen(key: ShellKey, open: () => Promise<Shell>): Promise<{ shell: Shell; isOld: boolean }>;
  closeAll(): Promise<void>;
}

export function createShells(perSiteMax = 6, inAllMax = 200): Shells {
  const shells = new Map<string, { siteId: string; shell: Promise<Shell> }>();
  return {
    async findOrOpen({ siteId, whose, id }, open) {
      const key = `${siteId} ${whose} ${id}`;
      const known = shells.get(key);
      if (known) return { shell: await known.shell, isOld: true };
      const ofSite = [...shells.values()].filter((each) => each.siteId === siteId).length;
      if (ofSite >= perSiteMax) throw tooMany(`This site has ${perSiteMax} terminals open in browsers`);
      if (shells.size >= inAllMax) throw tooMany(`This machine has ${inAllMax} terminals open in browsers`);
      const opening = open();
      shells.set(key, { siteId, shell: opening });
      try {
        const shell = await opening;
        void shell.ended.then(() => shells.delete(key));
        return { shell, isOld: false };
      } catch (error) {
        shells.delete(key);
        throw error;
      }
    },
    async closeAll() {
      const all = await Promise.allSettled([...shells.values()].map(({ shell }) => shell));
      await Promise.all(all.map((each) => (each.status === 'fulfilled' ? each.value.hangUp() : undefined)));
    },
  };
}

function tooMany(what: string): AppError {
  return new AppError('too-many-requests', {
    message: `${what}, and can have no more.`,
    hint: 'Leave one with `exit`, or log in over SSH.',
  });
}
