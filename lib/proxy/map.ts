// The route map: host name → address:port, as HAProxy's file and runtime interface write it. Pure.

import type { Target } from './proxy.ts';

const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const TARGET = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/;

/** Throws for a host that must never get into a command or a file. */
export function checkHost(host: string): string {
  if (!HOST.test(host)) throw new Error(`not a host name for a route: ${JSON.stringify(host)}`);
  return host;
}

export function writeTarget({ address, port }: Target): string {
  const text = `${address}:${port}`;
  if (!TARGET.test(text)) throw new Error(`not a route's target: ${JSON.stringify(text)}`);
  return text;
}

export function readTarget(text: string): Target | null {
  const match = TARGET.exec(text);
  return match?.[1] && match[2] ? { address: match[1], port: Number(match[2]) } : null;
}

/** The file HAProxy loads at its start. */
export function renderMap(routes: ReadonlyMap<string, Target>): string {
  return [...routes].map(([host, target]) => `${checkHost(host)} ${writeTarget(target)}\n`).join('');
}

/** Reads `show map`: "0x55… host address:port" on each line. Unreadable lines are left out, so a sync writes them anew. */
export function parseShownMap(text: string): Map<string, Target> {
  const routes = new Map<string, Target>();
  for (const line of text.split('\n')) {
    const [, host, value] = line.trim().split(/\s+/);
    const target = value ? readTarget(value) : null;
    if (host && target) routes.set(host, target);
  }
  return routes;
}

/** Reads `show table`: "0x7f…: key=host use=1 exp=9503 conn_cur=1" on each line. */
export function parseOpenRequests(text: string): Map<string, number> {
  const rows = text.matchAll(/^0x[0-9a-f]+: key=(\S+) .*\bconn_cur=(\d+)$/gm);
  return new Map([...rows].flatMap(([, host, count]) => (host && Number(count) > 0 ? [[host, Number(count)]] : [])));
}

export interface MapDifference {
  set: [string, Target][];
  remove: string[];
}

/** What has to change for `actual` to become `desired`. */
export function diffRoutes(actual: ReadonlyMap<string, Target>, desired: ReadonlyMap<string, Target>): MapDifference {
  const same = (a: Target | undefined, b: Target) => a?.address === b.address && a.port === b.port;
  return {
    set: [...desired].filter(([host, target]) => !same(actual.get(host), target)),
    remove: [...actual.keys()].filter((host) => !desired.has(host)),
  };
}
