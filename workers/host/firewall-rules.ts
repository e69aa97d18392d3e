// The instance's firewall as nftables text (nft(8)): what containers may reach, and that nobody but this host reaches
// them. One table of our own; nobody else's chains are touched. Frames from one container to another pass the forward
// chain too, because the bridge hands them to netfilter (nf_call_iptables).

export interface FirewallPlan {
  instance: string;
  bridge: string;
  subnet: string;
  /** IPv4 addresses of the resolvers that containers ask. */
  resolvers: string[];
  /** Private addresses that are allowed all the same (CIDR). */
  allow: string[];
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
/** Of one site at a time; the kernel's table of all connections (nf_conntrack_max) is everybody's, the host's too. */
const CONNECTIONS_MAX = 1000;

export function firewallTable(instance: string): string {
  return `lightkeeper_${instance}`;
}

/** One transaction that replaces the table. */
export function renderFirewall(plan: FirewallPlan): string {
  const table = firewallTable(plan.instance);
  return `
table inet ${table}
delete table inet ${table}
table inet ${table} {
  set talkers {
    type ipv4_addr; size 65535; flags dynamic;
  }
  chain input {
    type filter hook input priority filter - 5; policy accept;
    iifname "${plan.bridge}" jump from_sites
  }
  chain from_sites {
    ct state established,related accept
    drop
  }
  chain forward {
    type filter hook forward priority filter - 5; policy accept;
    oifname "${plan.bridge}" ct state established,related accept
    oifname "${plan.bridge}" drop
    iifname "${plan.bridge}" jump egress
  }
  chain egress {
    ct state established,related accept
    ip saddr != ${plan.subnet} drop
    ct state new add @talkers { ip saddr ct count over ${CONNECTIONS_MAX} } drop
    ${plan.resolvers.length > 0 ? `ip daddr { ${plan.resolvers.join(', ')} } meta l4proto { tcp, udp } th dport 53 accept` : ''}
    ${plan.allow.length > 0 ? `ip daddr { ${plan.allow.join(', ')} } accept` : ''}
    ip daddr { ${CLOSED_RANGES.join(', ')} } reject with icmp type admin-prohibited
    tcp dport { ${MAIL_PORTS.join(', ')} } reject with tcp reset
    accept
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${plan.subnet} oifname != "${plan.bridge}" masquerade
  }
}
`;
}

/** The IPv4 resolvers of resolv.conf(5), without those on loopback, which containers cannot ask. */
export function parseResolvers(resolvConf: string): string[] {
  const addresses = resolvConf.split('\n').map((line) => /^\s*nameserver\s+(\d+(?:\.\d+){3})\s*$/.exec(line)?.[1]);
  return addresses.filter((address): address is string => address !== undefined && !address.startsWith('127.'));
}
