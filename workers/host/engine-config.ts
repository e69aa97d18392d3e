// How the product's own dockerd is configured: pure data, from the settings to its configuration file and its arguments.
// It shares nothing with a Docker that the host already runs: data, state, socket, bridge and containerd namespace are
// the instance's own, and it never writes a firewall rule (the instance's nftables table does address translation and
// isolation).

import type { Settings } from '#lib/env.ts';

export interface EnginePlan {
  bridge: string;
  /** The bridge's own address and prefix: the first of the subnet, and the gateway of all containers. */
  bridgeAddress: string;
  mtu: number;
  dataRoot: string;
  execRoot: string;
  pidFile: string;
  configFile: string;
  /** The content of the configuration file. */
  config: Record<string, unknown>;
  /** Runs dockerd in the foreground. */
  argv: string[];
}

/** The user whose sub-ids the containers' users are mapped to; dockerd's name for the `default` map. */
export const REMAP_USER = 'dockremap';

/** `mtu` is the default route's: a larger one on the bridge loses packets behind tunnels. */
export function planEngine(settings: Settings, host: { mtu: number }): EnginePlan {
  const bridge = `lk-${settings.instance}`;
  const dataRoot = `${settings.dataDir}/engine`;
  const execRoot = `${settings.paths.run}/engine`;
  const pidFile = `${settings.paths.run}/dockerd.pid`;
  const configFile = `${settings.paths.run}/dockerd.json`;
  const namespace = `lightkeeper-${settings.instance}`;
  return {
    bridge,
    bridgeAddress: firstAddress(settings.subnet),
    mtu: host.mtu,
    dataRoot,
    execRoot,
    pidFile,
    configFile,
    config: {
      'data-root': dataRoot,
      'exec-root': execRoot,
      pidfile: pidFile,
      hosts: [`unix://${settings.paths.engineSocket}`],
      group: 'root',
      bridge,
      mtu: host.mtu,
      iptables: false,
      ip6tables: false,
      'ip-forward': false,
      'ip-masq': false,
      'userland-proxy': false,
      'userns-remap': 'default',
      'storage-driver': 'overlay2',
      features: { 'containerd-snapshotter': false },
      'exec-opts': ['native.cgroupdriver=cgroupfs'],
      'live-restore': true,
      'shutdown-timeout': 15,
      'log-driver': 'local',
      'log-opts': { 'max-size': '1m', 'max-file': '1', compress: 'false' },
      'default-ulimits': { core: { Name: 'core', Soft: 0, Hard: 0 } },
      'log-level': 'warn',
    },
    argv: [
      'dockerd',
      '--config-file',
      configFile,
      '--containerd-namespace',
      namespace,
      '--containerd-plugins-namespace',
      `${namespace}-plugins`,
    ],
  };
}

/** `10.213.0.0/20` → `10.213.0.1/20`. */
function firstAddress(subnet: string): string {
  const [network = '', prefix = ''] = subnet.split('/');
  return `${network.replace(/\.0$/, '.1')}/${prefix}`;
}

/** Whether two IPv4 networks in CIDR form share an address. */
export function overlaps(first: string, second: string): boolean {
  const [a, b] = [parseCidr(first), parseCidr(second)];
  const shift = 32 - Math.min(a.prefix, b.prefix);
  return shift >= 32 || a.address >>> shift === b.address >>> shift;
}

function parseCidr(cidr: string): { address: number; prefix: number } {
  const [address = '', prefix = '32'] = cidr.split('/');
  const value = address.split('.').reduce((sum, octet) => ((sum << 8) | Number(octet)) >>> 0, 0);
  return { address: value, prefix: Number(prefix) };
}

/** The ranges of /etc/subuid or /etc/subgid (subuid(5): `name:start:count` a line). */
export function parseSubIds(text: string): { name: string; start: number; count: number }[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(':'))
    .filter((fields) => fields.length === 3)
    .map(([name = '', start, count]) => ({ name, start: Number(start), count: Number(count) }));
}

/**
 * The first free sub-id from 100000 on, where 65536 of them have room in both files. One start for users and groups, so
 * that one shift of the base filesystem fits both.
 */
export function freeSubIdStart(files: string[]): number {
  const ends = files.flatMap((text) => parseSubIds(text)).map(({ start, count }) => start + count);
  return Math.max(100_000, ...ends);
}
