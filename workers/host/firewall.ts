// Puts the instance's firewall in force and takes it away.

import { readFile, writeFile } from 'node:fs/promises';
import type { Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { firewallTable } from '#lib/network/elements.ts';
import { parseResolvers, renderFirewall, renderNoFirewall } from './firewall-rules.ts';
import { CommandError, ifMissing, runCommand } from './run-command.ts';

/** Without a resolver in resolv.conf Docker gives containers these (its documented fallback). */
const FALLBACK_RESOLVERS = ['8.8.8.8', '8.8.4.4'];

/** Replaces our rules and lets the host forward; the sites' limits stay. The bridge must be there. Safe to repeat. */
export async function ensureFirewall(settings: Settings): Promise<void> {
  const found = parseResolvers(await readFile('/etc/resolv.conf', 'utf8').catch(() => ''));
  const rules = renderFirewall({
    instance: settings.instance,
    bridge: `lk-${settings.instance}`,
    subnet: settings.subnet,
    resolvers: found.length > 0 ? found : FALLBACK_RESOLVERS,
    allow: settings.egressAllow,
  });
  await runCommand('nft', ['-f', '-'], { input: rules }).catch(async (error) => {
    if (!(error instanceof CommandError)) throw error;
    // A set is there in the form of another version: its limits come back with the deploy worker's next look.
    await runCommand('nft', ['-f', '-'], { input: renderNoFirewall(settings.instance) + rules });
  });
  await filterBridge(`lk-${settings.instance}`);
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1');
}

export async function hasFirewall(settings: Settings): Promise<boolean> {
  const chain = ['list', 'chain', 'inet', firewallTable(settings.instance), 'forward'];
  const { stdout } = await runCommand('nft', ['--terse', ...chain], { allow: [1] });
  return stdout.includes('goto egress') && (await isFiltered(`lk-${settings.instance}`));
}

/** Absent is no error. */
export async function removeFirewall(settings: Settings): Promise<void> {
  const input = renderNoFirewall(settings.instance);
  await runCommand('nft', ['-f', '-'], { input }).catch(ifMissing(null));
}

const BRIDGE_FLAGS = ['nf_call_iptables', 'nf_call_ip6tables'];

/** Sends what crosses this one bridge through the forward chain (ip-sysctl.rst, bridge-nf-call). */
async function filterBridge(bridge: string): Promise<void> {
  await runCommand('modprobe', ['br_netfilter'], { allow: [1] }).catch(() => {}); // Built in, or no modules here.
  for (const flag of BRIDGE_FLAGS) await writeFile(`/sys/class/net/${bridge}/bridge/${flag}`, '1').catch(() => {});
  if (await isFiltered(bridge)) return;
  throw new AppError('setup-failed', {
    message: 'This kernel does not filter what containers send each other: it lacks br_netfilter.',
    hint: 'Load the module br_netfilter, or use a kernel with CONFIG_BRIDGE_NETFILTER.',
  });
}

async function isFiltered(bridge: string): Promise<boolean> {
  const files = BRIDGE_FLAGS.map((flag) => `/sys/class/net/${bridge}/bridge/${flag}`);
  const texts = await Promise.all(['/proc/sys/net/bridge/bridge-nf-call-iptables', ...files].map(readText));
  return texts[0] !== '' && texts.slice(1).every((text) => text.trim() === '1');
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
