// The Debian packages the product stands on. Only what is missing is installed, nothing starts by itself.

import { access } from 'node:fs/promises';
import { AppError } from '#lib/errors/app-error.ts';
import { runCommand } from './run-command.ts';

/** Package by a program it brings. */
export const PACKAGES: Record<string, string> = {
  'docker.io': '/usr/sbin/dockerd',
  tini: '/usr/bin/tini-static',
  'bash-static': '/bin/bash-static',
  uidmap: '/usr/bin/newuidmap',
  haproxy: '/usr/sbin/haproxy',
  'btrfs-progs': '/usr/bin/btrfs',
  e2fsprogs: '/sbin/mkfs.ext4',
  mmdebstrap: '/usr/bin/mmdebstrap',
  git: '/usr/bin/git',
  nftables: '/usr/sbin/nft',
  iptables: '/usr/sbin/iptables',
  iproute2: '/sbin/ip',
  s6: '/usr/bin/s6-svscan',
  socat: '/usr/bin/socat',
  'ca-certificates': '/usr/sbin/update-ca-certificates',
};

/** Installs what is missing, `extra` included; answers its names. Throws `setup-failed` where this is not Debian. */
export async function ensurePackages(
  progress: (line: string) => void,
  extra: Record<string, string> = {},
): Promise<string[]> {
  const missing: string[] = [];
  for (const [name, program] of Object.entries({ ...PACKAGES, ...extra })) {
    if (!(await isPresent(program))) missing.push(name);
  }
  if (missing.length === 0) return [];
  await requireApt(missing);
  progress(`Installing ${missing.join(', ')}`);
  await runCommand('apt-get', ['update', '-q'], { timeoutMs: 300_000, onLine: progress });
  await withoutDaemons(missing, async () => {
    // RUNLEVEL=1 makes invoke-rc.d refuse to start the daemons that packages bring (invoke-rc.d(8)).
    const options = { timeoutMs: 1_200_000, onLine: progress, env: { RUNLEVEL: '1' } };
    await runCommand('apt-get', installArguments(missing), options);
  });
  return missing;
}

/** What the packages would start under systemd: a second Docker's firewall would cut the sites off. */
const UNITS: Record<string, string[]> = {
  'docker.io': ['docker.service', 'docker.socket'],
  haproxy: ['haproxy.service'],
  caddy: ['caddy.service'],
};

/** The units that come new with these packages. Pure. */
export function unitsOf(packages: readonly string[]): string[] {
  return packages.flatMap((name) => UNITS[name] ?? []);
}

/**
 * Under systemd: the units are masked while their packages are installed (until the next boot at most, if we are killed)
 * and not started at boots afterwards. Units of packages that were there before are not touched.
 */
async function withoutDaemons(packages: readonly string[], install: () => Promise<void>): Promise<void> {
  const units = unitsOf(packages);
  if (units.length === 0 || !(await isPresent('/run/systemd/system'))) return install();
  await runCommand('systemctl', ['mask', '--runtime', ...units], { allow: [1] });
  try {
    await install();
  } finally {
    await runCommand('systemctl', ['unmask', '--runtime', ...units], { allow: [1] });
  }
  await runCommand('systemctl', ['disable', ...units], { allow: [1] });
}

/** Waits for another apt-get, such as the one of a set-up that was killed. */
export function installArguments(names: string[]): string[] {
  return ['install', '-q', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600', '--', ...names];
}

async function requireApt(missing: string[]): Promise<void> {
  if (await isPresent('/usr/bin/apt-get')) return;
  throw new AppError('setup-failed', {
    message: `This machine lacks ${missing.join(', ')} and has no apt-get to install them.`,
    hint: 'Use Debian 12 or newer, or install these programs by hand.',
  });
}

async function isPresent(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
