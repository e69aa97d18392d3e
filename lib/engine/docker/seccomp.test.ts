import { expect, test } from 'vitest';
import { seccompProfile } from './seccomp.ts';

const profile = seccompProfile();
const rulesOf = (name: string) => profile.syscalls.filter(({ names }) => names.includes(name));

/** As the kernel would judge it: some allow rule matches the argument. */
function isAllowed(name: string, argument: { index: number; value: bigint }): boolean {
  return rulesOf(name).some(({ action, args = [] }) => {
    if (action !== 'SCMP_ACT_ALLOW') return false;
    return args.every(({ index, value, valueTwo = 0, op }) => {
      if (index !== argument.index) return true;
      if (op === 'SCMP_CMP_EQ') return argument.value === BigInt(value);
      return (argument.value & BigInt(value)) === BigInt(valueTwo);
    });
  });
}

test('every ioctl passes but btrfs, the inode flags and the project id', () => {
  const refused: number[] = [];
  for (let request = 0; request <= 0xffff; request += 1) {
    if (!isAllowed('ioctl', { index: 1, value: BigInt(request) })) refused.push(request);
  }
  const kept = [0x9409, 0x940d, 0x9436];
  const btrfs = Array.from({ length: 256 }, (_, number) => 0x9400 + number).filter(
    (request) => !kept.includes(request),
  );
  expect(refused).toEqual([0x5820, 0x6602, ...btrfs]);
});

test('direction, size and bits the kernel ignores do not change the verdict on an ioctl', () => {
  const subvolumeCreate = 0x5000_940en;
  const reflink = 0x4004_9409n;
  for (const upper of [0n, 1n << 32n, 1n << 63n]) {
    expect(isAllowed('ioctl', { index: 1, value: upper | subvolumeCreate })).toBe(false);
    expect(isAllowed('ioctl', { index: 1, value: upper | reflink })).toBe(true);
  }
});

test.each([
  ['AF_UNIX', 1n, true],
  ['AF_INET', 2n, true],
  ['AF_INET6', 10n, true],
  ['AF_NETLINK', 16n, true],
  ['AF_ALG', 38n, false],
  ['AF_VSOCK', 40n, false],
  ['AF_ALG with a bit the kernel ignores', 38n | (1n << 32n), false],
])('a socket of %s is allowed: %s %s', (_, family, expected) => {
  expect(isAllowed('socket', { index: 0, value: family })).toBe(expected);
});

test('a process may be cloned, a namespace may not', () => {
  expect(isAllowed('clone', { index: 0, value: 0x3d_0f00n })).toBe(true);
  expect(isAllowed('clone', { index: 0, value: 0x1000_0011n })).toBe(false);
  expect(rulesOf('clone3')).toEqual([{ names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 }]);
});

test.each([
  'mount',
  'umount2',
  'fsopen',
  'move_mount',
  'open_tree',
  'unshare',
  'setns',
  'io_uring_setup',
  'io_uring_enter',
  'io_uring_register',
  'bpf',
  'perf_event_open',
  'keyctl',
  'add_key',
  'request_key',
  'userfaultfd',
  'kexec_load',
  'init_module',
  'finit_module',
  'open_by_handle_at',
  'quotactl',
  'quotactl_fd',
  'file_setattr',
  'socketcall',
  'reboot',
  'swapon',
  'settimeofday',
  'clock_settime',
  'syslog',
  'pivot_root',
  'acct',
  'iopl',
  'ioperm',
  'modify_ldt',
])('%s is refused', (name) => {
  expect(rulesOf(name)).toEqual([]);
});

test('no call is named twice in the list without conditions', () => {
  const names = profile.syscalls
    .filter(({ args, action }) => !args && action === 'SCMP_ACT_ALLOW')
    .flatMap((rule) => rule.names);
  expect(new Set(names).size).toBe(names.length);
  expect(names).not.toContain('');
});
