// The instance's firewall as nftables text (nft(8)): what containers may reach, and that nobody but this host reaches
// them. One table of our own; nobody else's chains are touched. Frames from one container to another pass the forward
// chain too, because the bridge hands them to netfilter (nf_call_iptables).

import type { AllowedTarget } from '#lib/network/allow-list.ts';
import { firewallTable, LIMIT_SETS, renderCheck, renderConnectionsCheck, renderSets } from '#lib/network/elements.ts';

export interface FirewallPlan {
  instance: string;
  bridge: string;
  subnet: string;
  /** IPv4 addresses of the resolvers that containers ask. */
  resolvers: string[];
  /** Allowed all the same, with the site's limits. */
  allow: AllowedTarget[];
}

/** Loopback, private, link-local (with the cloud's metadata), shared, benchmark, multicast and reserved ranges. */
const CLOSED_RANGES = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
];
const MAIL_PORTS = [25, 465, 587];
/** A piece of the table's text for each entry. */
const each = <T>(items: T[], render: (item: T) => string) => items.map((item) => `    ${render(item)}\n`).join('');

/**
 * One transaction that replaces our rules and keeps the sets and chains of single sites, so that their limits and counts
 * outlive it. Fails where a set is there in another form: then the table is to be deleted first.
 */
export function renderFirewall(plan: FirewallPlan): string {
  const table = firewallTable(plan.instance);
  const rules = renderRules(plan);
  const chains = [...rules.matchAll(/^ {2}chain (\w+) \{\n( +type .*)?/gm)].map(([, name, type]) => ({ name, type }));
  const empty = chains.map(({ name, type = '' }) => `add chain inet ${table} ${name} { ${type} }\n`);
  const flush = chains.map(({ name }) => `flush chain inet ${table} ${name}\n`);
  const sets = renderSets(2 ** (32 - Number(plan.subnet.split('/')[1])));
  return `table inet ${table}\n${empty.join('')}${flush.join('')}table inet ${table} {\n${sets}${rules}}\n`;
}

function renderRules({ bridge, subnet, resolvers, allow }: FirewallPlan): string {
  return `
  chain input {
    type filter hook input priority filter - 5; policy accept;
    iifname "${bridge}" jump from_sites
  }
  chain from_sites {
    ct state established,related accept
    # Late answers into connections that were given up and forgotten: strangers can have a site send them.
    tcp flags & (fin | syn | rst | ack) != syn drop
    ip saddr @closed
    drop
  }
  chain forward {
    type filter hook forward priority filter - 5; policy accept;
    iifname "${bridge}" oifname "${bridge}" goto between_sites
    oifname "${bridge}" ct state established,related goto ingress
    oifname "${bridge}" drop
    iifname "${bridge}" goto egress
  }
  chain between_sites {
    ip saddr @closed
    drop
  }
  chain ingress {
${renderCheck(LIMIT_SETS.bandwidthIn)}
    accept
  }
  chain egress {
    meta nfproto != ipv4 drop
    ip saddr != ${subnet} drop
${renderCheck(LIMIT_SETS.bandwidthOut)}
    ct state invalid drop
${each(resolvers, (address) => `ip daddr ${address} meta l4proto { tcp, udp } th dport 53 goto resolve`)}
    ct state established,related accept
${each(allow, ({ cidr, port }) => `ip daddr ${cidr} ${port === null ? '' : `meta l4proto { tcp, udp } th dport ${port} `}goto begin`)}
    ip daddr { ${CLOSED_RANGES.join(', ')} } goto refuse
    tcp dport { ${MAIL_PORTS.join(', ')} } goto refuse_mail
    goto begin
  }
  chain resolve {
${renderCheck(LIMIT_SETS.lookups)}
    ct state established,related accept
${renderConnectionsCheck()}
    accept
  }
  chain refuse {
    ip saddr @closed
    reject with icmp type admin-prohibited
  }
  chain refuse_mail {
    ip saddr @closed
    reject with tcp reset
  }
  chain begin {
${renderCheck(LIMIT_SETS.newConnections)}
${renderConnectionsCheck()}
    accept
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${subnet} oifname != "${bridge}" masquerade
  }
`;
}

/** Deletes the table, also where there is none. */
export function renderNoFirewall(instance: string): string {
  const table = firewallTable(instance);
  return `table inet ${table}\ndelete table inet ${table}\n`;
}

/** The IPv4 resolvers of resolv.conf(5), without those on loopback, which containers cannot ask. */
export function parseResolvers(resolvConf: string): string[] {
  const addresses = resolvConf.split('\n').map((line) => /^\s*nameserver\s+(\d+(?:\.\d+){3})\s*$/.exec(line)?.[1]);
  return addresses.filter((address): address is string => address !== undefined && !address.startsWith('127.'));
}
