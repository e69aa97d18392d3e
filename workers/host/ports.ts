// Which ports an instance needs, and who has them already: from ss(8), which names the processes. The plan is pure.

import type { Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { findProcess } from './processes.ts';
import { runCommand } from './run-command.ts';

export interface Listener {
  address: string;
  port: number;
  /** Null when the kernel does not tell: a process in another namespace. */
  process: { name: string; pid: number } | null;
}

export interface Need {
  first: number;
  last: number;
  address: string;
  what: string;
  setting: string;
}

/** What the instance listens on; what runs elsewhere has its port already. Pure. */
export function portNeeds(settings: Settings): Need[] {
  const { bind, httpPort, webPort, sshGatewayPort, sshPorts, elsewhere } = settings;
  const runsHere = (service: string) => !elsewhere.includes(service);
  const one = (port: number, address: string, what: string, setting: string): Need => {
    return { first: port, last: port, address, what, setting };
  };
  return [
    ...(runsHere('haproxy') ? [one(httpPort, bind, 'the sites', 'LIGHTKEEPER_HTTP_PORT')] : []),
    ...(runsHere('web') ? [one(webPort, '127.0.0.1', 'the web app', 'LIGHTKEEPER_WEB_PORT')] : []),
    one(sshGatewayPort, bind, 'git over SSH', 'LIGHTKEEPER_SSH_GATEWAY_PORT'),
    { ...sshPorts, address: bind, what: 'SSH into the sites', setting: 'LIGHTKEEPER_SSH_PORTS' },
  ];
}

/** Throws `setting-invalid` when two settings want the same port. */
export function requireDistinctPorts(settings: Settings): void {
  const needs = portNeeds(settings);
  for (const [index, need] of needs.entries()) {
    const other = needs.slice(index + 1).find(({ first, last }) => need.first <= last && first <= need.last);
    if (!other) continue;
    const port = Math.max(need.first, other.first);
    throw new AppError('setting-invalid', {
      message: `${need.setting} and ${other.setting} both have the port ${port}.`,
      hint: `Set one of them to another port.`,
    });
  }
}

/** Throws `setup-failed` when another process has one of the ports, and names it. Our own processes may. */
export async function requireFreePorts(settings: Settings): Promise<void> {
  const [taken] = await takenPorts(settings);
  if (taken) throw new AppError('setup-failed', taken);
}

/** What to say of each port that another process has. */
export async function takenPorts(settings: Settings): Promise<{ message: string; hint: string }[]> {
  const { stdout } = await runCommand('ss', ['-Hltnp']);
  const taken: { message: string; hint: string }[] = [];
  for (const [need, { port, process }] of conflicts(portNeeds(settings), parseListeners(stdout))) {
    if (process && (await findProcess(settings, process.pid))) continue;
    const holder = process ? `${process.name} (process ${process.pid})` : 'a process that this one cannot see';
    taken.push({
      message: `Port ${port}, which is to serve ${need.what}, is in use by ${holder}.`,
      hint: `End that process, or set ${need.setting} to ${need.first === need.last ? 'a free port' : 'a free range'}.`,
    });
  }
  return taken;
}

/** Each need with each listener that stands in its way. Pure. */
export function conflicts(needs: Need[], listeners: Listener[]): [Need, Listener][] {
  return needs.flatMap((need) =>
    listeners
      .filter(({ port, address }) => port >= need.first && port <= need.last && meet(need.address, address))
      .map((listener): [Need, Listener] => [need, listener]),
  );
}

/** Reads `ss -Hltnp`: state, queues, local address:port, peer, users:(("name",pid=1,fd=2)). Pure. */
export function parseListeners(text: string): Listener[] {
  return text.split('\n').flatMap((line) => {
    const [, , , local = ''] = line.trim().split(/\s+/);
    const [, address, port] = /^(.*):(\d+)$/.exec(local) ?? [];
    if (address === undefined) return [];
    const [, name, pid] = /users:\(\("([^"]*)",pid=(\d+)/.exec(line) ?? [];
    const process = name === undefined ? null : { name, pid: Number(pid) };
    return [{ address: address.replace(/%.*$/, '').replace(/^\[|\]$/g, ''), port: Number(port), process }];
  });
}

/** A wildcard meets everything; `::` takes IPv4 as well (ipv6(7), IPV6_V6ONLY). */
function meet(wanted: string, taken: string): boolean {
  const everywhere = ['0.0.0.0', '*', '::'];
  return taken === wanted || everywhere.includes(taken) || (wanted === '0.0.0.0' && !taken.includes(':'));
}
