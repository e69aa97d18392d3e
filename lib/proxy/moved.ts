// Hosts that lead to another one: a second map beside the routes, from the host of an earlier name to the origin of the
// site's address. HAProxy answers their visitors with the way there, and asks nobody.

import { rename, writeFile } from 'node:fs/promises';
import { command, setEntry } from './admin-socket.ts';
import { checkHost } from './map.ts';

export interface MovedHosts {
  /** Makes map and file equal to these; answers how many entries were wrong. */
  sync(desired: ReadonlyMap<string, string>): Promise<number>;
}

const ORIGIN = /^https?:\/\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?$/;

/** The only writer is the deploy worker, and it calls one after the other. */
export function createMovedHosts({ socketPath, file }: { socketPath: string; file: string }): MovedHosts {
  let writing: Promise<unknown> = Promise.resolve();
  const sync = async (desired: ReadonlyMap<string, string>) => {
    const text = renderMoved(desired);
    const { set, remove } = diffMoved(parseShownMoved(await command(socketPath, `show map ${file}`)), desired);
    for (const [host, origin] of set) await setEntry(socketPath, `${file} ${host} ${origin}`);
    for (const host of remove) await command(socketPath, `del map ${file} ${host}`);
    if (set.length + remove.length > 0) {
      await writeFile(`${file}.new`, text, { mode: 0o644 });
      await rename(`${file}.new`, file);
    }
    return set.length + remove.length;
  };
  return {
    sync(desired) {
      const mine = writing.catch(() => {}).then(() => sync(desired)); // Whoever asked before has heard of it.
      writing = mine;
      return mine;
    },
  };
}

/** The file HAProxy loads at its start. Throws for what must never get into a command or a file. Pure. */
export function renderMoved(hosts: ReadonlyMap<string, string>): string {
  return [...hosts].map(([host, origin]) => `${checkHost(host)} ${checkOrigin(origin)}\n`).join('');
}

/** Reads `show map`: "0x55… host origin" on each line. Pure. */
export function parseShownMoved(text: string): Map<string, string> {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  return new Map(lines.flatMap(([, host, origin]) => (host && origin ? [[host, origin]] : [])));
}

/** What has to change for `actual` to become `desired`. Pure. */
export function diffMoved(actual: ReadonlyMap<string, string>, desired: ReadonlyMap<string, string>) {
  return {
    set: [...desired].filter(([host, origin]) => actual.get(host) !== origin),
    remove: [...actual.keys()].filter((host) => !desired.has(host)),
  };
}

function checkOrigin(origin: string): string {
  if (!ORIGIN.test(origin)) throw new Error(`not an origin to lead to: ${JSON.stringify(origin)}`);
  return origin;
}
