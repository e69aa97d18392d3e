// Root in a site is nobody on the host. Each way out that root would try, with the kernel's own refusal.

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, type Site, ssh, test } from '../setup/fixtures.ts';
import { containerOf, expectHostOk, findProcess, readHost, SETTINGS } from '../setup/host-state.ts';

/** Runs each line by itself as root; answers for each its exit code and its words, by the line. */
async function tryAll(site: Site, lines: string[]): Promise<Map<string, string>> {
  const script = `import subprocess, sys, json
for line in json.load(sys.stdin):
  ran = subprocess.run(["bash", "-c", line], capture_output=True, text=True, errors="replace", timeout=20)
  print(json.dumps([line, ran.returncode, ran.stdout + ran.stderr]))`;
  await ssh(site, 'cat > /tmp/try.py', { input: script });
  const { stdout } = await ssh(site, 'python3 /tmp/try.py', { input: JSON.stringify(lines) });
  const ran = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, number, string]);
  return new Map(ran.map(([line, code, words]) => [line, `${code} ${words}`]));
}

/** A line that must fail, and the words it must fail with. */
const REFUSED: [string, RegExp][] = [
  ['mount -t tmpfs none /mnt', /permission denied/],
  ['mount -t tmpfs none /root', /permission denied/],
  ['mount -o bind /etc /srv', /permission denied/],
  ['mount -o remount,rw /', /permission denied|cannot remount/],
  ['umount /etc/hosts', /permission denied|must be superuser|not permitted/],
  ['unshare -Ur id', /Operation not permitted/],
  ['unshare -m id', /Operation not permitted/],
  ['nsenter -t 1 -m id', /Operation not permitted/],
  ['mknod /root/disk b 254 0', /Operation not permitted/],
  ['mknod /tmp/memory c 1 1', /Operation not permitted/],
  ['dmesg', /Operation not permitted/],
  ['echo b > /proc/sysrq-trigger', /No such file|Read-only|Permission denied/],
  ['echo "|/tmp/x" > /proc/sys/kernel/core_pattern', /Read-only file system/],
  ['echo 1 > /proc/sys/net/ipv4/ip_forward', /Read-only file system/],
  ['head -c1 /proc/kcore', /No such file|Permission denied|Operation not permitted/],
  ['mkdir /sys/fs/cgroup/memory/x', /Permission denied|No such file|Read-only/],
  ['mkdir /sys/fs/cgroup/x', /Permission denied|Read-only/],
  ['dd if=/dev/zero of=/sys/fs/cgroup/fill bs=1M count=1', /Permission denied|Read-only/],
  ['echo max > /sys/fs/cgroup/pids/pids.max || echo max > /sys/fs/cgroup/pids.max', /Permission denied|Read-only/],
  ['echo /tmp/x > /sys/fs/cgroup/memory/release_agent || false', /Permission denied|No such file|Read-only/],
  ['echo x >> /etc/hosts', /Read-only file system/],
  ['echo x >> /etc/hostname', /Read-only file system/],
  ['echo x >> /etc/resolv.conf', /Read-only file system/],
  ['rm /etc/resolv.conf', /Device or resource busy/],
  ['touch /.lightkeeper/init', /Permission denied|Read-only/],
  ['touch /new', /Permission denied|Read-only/],
  ['ip addr add 10.0.0.1/8 dev eth0', /Operation not permitted/],
  ['ip route del default', /Operation not permitted/],
  ['hostname other', /you must be root|Operation not permitted/],
  ['date -s 2020-01-01', /Operation not permitted/],
  ['ulimit -Hn 100000', /cannot modify limit/],
  ['ulimit -f unlimited', /cannot modify limit/],
  ['ulimit -c unlimited', /cannot modify limit/],
  ['reboot -f || halt -f || echo o > /proc/sysrq-trigger', /not found|Operation not permitted|No such file|Read-only/],
];

test('root gets no mount, no namespace, no device, no kernel setting and no file that is the host’s', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const said = await tryAll(
    site,
    REFUSED.map(([line]) => line),
  );
  for (const [line, words] of REFUSED) {
    expect(said.get(line), line).toMatch(words);
    expect(said.get(line), line).not.toMatch(/^0 /);
  }
  await expectHostOk(before, neighbour);
});

/** System calls by number (x86_64), with what the kernel or the filter must answer. */
const CALLS: Record<string, [number, string]> = {
  setns: [308, 'EPERM'],
  open_by_handle_at: [304, 'EPERM'],
  keyctl: [250, 'EPERM'],
  add_key: [248, 'EPERM'],
  request_key: [249, 'EPERM'],
  bpf: [321, 'EPERM'],
  perf_event_open: [298, 'EPERM'],
  userfaultfd: [323, 'EPERM'],
  io_uring_setup: [425, 'EPERM'],
  init_module: [175, 'EPERM'],
  kexec_load: [246, 'EPERM'],
  reboot: [169, 'EPERM'],
  swapon: [167, 'EPERM'],
  acct: [163, 'EPERM'],
  settimeofday: [164, 'EPERM'],
  quotactl: [179, 'EPERM'],
  syslog: [103, 'EPERM'],
  iopl: [172, 'EPERM'],
  fsopen: [430, 'EPERM'],
  move_mount: [429, 'EPERM'],
  mount_setattr: [442, 'EPERM'],
  pivot_root: [155, 'EPERM'],
  clone3: [435, 'ENOSYS'],
  file_setattr: [469, 'ENOSYS'],
};

test('the filter refuses the calls and the ioctls by which root would leave his limits', async ({ site }) => {
  const script = `import ctypes, errno, json, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
  ctypes.set_errno(0)
  answer = libc.syscall(number, *args)
  return "allowed" if answer >= 0 else errno.errorcode[ctypes.get_errno()]
said = {name: call(number, 0, 0, 0, 0, 0) for name, (number, _) in ${JSON.stringify(CALLS)}.items()}
# btrfs's SUBVOL_CREATE, FS_IOC_FSSETXATTR and FS_IOC_SETFLAGS; once more with a bit that the kernel does not look at.
for place in ("/", "/root", "/app", "/tmp"):
  directory = os.open(place, os.O_RDONLY)
  for request in (0x5000940e, 0x401c5820, 0x40086602):
    for bits in (0, 1 << 32):
      buffer = ctypes.create_string_buffer(4096)
      buffer[8:11] = b"out"
      said[f"{place} {request | bits:x}"] = call(16, directory, ctypes.c_ulong(request | bits), buffer)
for name, family, kind in (("packet", 17, 3), ("raw", 2, 3), ("vsock", 40, 1), ("alg", 38, 5), ("bluetooth", 31, 3), ("xdp", 44, 3)):
  try: socket.socket(family, kind).close(); said[name] = "allowed"
  except OSError as error: said[name] = "refused"
print(json.dumps(said))`;
  const { stdout, stderr } = await ssh(site, 'python3 -', { input: script });
  expect(stderr).toBe('');
  const said = JSON.parse(stdout) as Record<string, string>;
  for (const [name, [, answer]] of Object.entries(CALLS)) expect(said[name], name).toBe(answer);
  for (const [name, answer] of Object.entries(said)) {
    if (name.startsWith('/')) expect(answer, name).toMatch(/^(EPERM|ENOTTY)$/);
    else expect(answer, name).not.toBe('allowed');
  }
});

test('root of a site is an unprivileged user of the host, with the ten capabilities that packages need', async ({
  site,
}) => {
  const container = await containerOf(site);
  const { pid } = container;
  const first = await readFile(`/proc/${pid}/status`, 'utf8');
  const rootUid = Number(/^Uid:\t(\d+)/m.exec(first)?.[1]);
  expect(rootUid).toBeGreaterThanOrEqual(100_000);
  expect(await readFile(`/proc/${pid}/uid_map`, 'utf8')).toMatch(new RegExp(`^ +0 +${rootUid} +65536\\n$`));

  // A shell of the owner, as the host sees it.
  const holding = ssh(site, 'echo ready; exec sleep 3');
  await expect.poll(() => findProcess(container, 'sleep 3'), { timeout: 5_000, intervals: [50] }).not.toBeNull();
  const shell = await readFile(`/proc/${await findProcess(container, 'sleep 3')}/status`, 'utf8');
  for (const status of [first, shell]) {
    expect(status).toMatch(new RegExp(`^Uid:\t${rootUid}\t${rootUid}\t${rootUid}\t${rootUid}$`, 'm'));
    expect(status).toMatch(/^Seccomp:\t2$/m);
    // AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL NET_BIND_SERVICE SETGID SETUID SYS_CHROOT
    for (const set of ['CapPrm', 'CapEff', 'CapBnd'])
      expect(status).toMatch(new RegExp(`^${set}:\t00000000200404fb$`, 'm'));
    for (const set of ['CapInh', 'CapAmb']) expect(status).toMatch(new RegExp(`^${set}:\t0000000000000000$`, 'm'));
  }
  await holding;
});

test('what a site can see is its own: processes, files, sockets, names', async ({ site, neighbour }) => {
  await ssh(neighbour, 'echo the neighbour’s secret > ~/secret; echo s > /dev/shm/secret');
  const { siteId } = await containerOf(neighbour);
  const seen = await ssh(
    site,
    `ls /proc/1/root/ | tr '\\n' ' '; echo
     ps -eo comm= | grep -c -E '[d]ockerd|[p]ostgres|[h]aproxy|[n]ext-server'
     find / -xdev \\( -name docker.sock -o -name haproxy.sock -o -name secrets.json \\) 2>/dev/null | wc -l
     cat /root/secret /dev/shm/secret 2>/dev/null | wc -c
     env | grep -c -i -E 'secret|database|lightkeeper_(admin|git)'
     ls ${SETTINGS.dataDir} ${SETTINGS.paths.pool}/sites/${siteId} 2>/dev/null | wc -l
     tr '\\0' '\\n' < /proc/1/environ | cut -d= -f1 | sort | tr '\\n' ' '`,
  );
  const [root, ...numbers] = seen.stdout.split('\n');
  expect(root).toBe('app bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr var ');
  expect(numbers.slice(0, 5)).toEqual(['0', '0', '0', '0', '0']);
  // The last is of the shell that closes the first process's output.
  expect(numbers[5]).toMatch(/^HOME HOSTNAME LANG NODE_EXTRA_CA_CERTS PATH SHLVL $/);
});

test('what a site makes of set-user-id files and devices counts in the site alone', async ({ site }) => {
  const made = await ssh(
    site,
    'cp /bin/bash ~/rootshell && chmod 6755 ~/rootshell && ln -s /etc/shadow ~/shadow && stat -c %a ~/rootshell',
  );
  expect(made.stdout).toBe('6755\n');
  const { siteId } = await containerOf(site);
  const upper = path.join(SETTINGS.paths.pool, 'sites', siteId, 'upper/root');
  // Nobody but root of the host passes into it, so no user of the host can run what a site's root made.
  expect((await stat(path.join(SETTINGS.paths.pool, 'sites', siteId))).mode & 0o007).toBe(0);
  expect((await stat(path.join(upper, 'rootshell'))).uid).toBeGreaterThanOrEqual(100_000);
  expect(await ssh(site, 'su -s /bin/sh nobody -c id')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('nobody'),
  });
});
