// The system calls a site's processes may make: an allow list, so that a call which a newer kernel brings is refused until
// it is named here. It grants what container engines commonly grant to processes without extra capabilities, less
// io_uring, the socket families AF_VSOCK and AF_ALG (and every other family a web server has no use for), and the file
// system ioctls by which a tenant would leave his disk limit. Only the machine's native ABI is allowed: 32-bit calls, a
// second door to the same kernel, are refused.

export interface SeccompProfile {
  defaultAction: string;
  defaultErrnoRet: number;
  archMap: { architecture: string; subArchitectures: string[] }[];
  syscalls: SeccompRule[];
}

export interface SeccompRule {
  names: string[];
  action: string;
  errnoRet?: number;
  args?: SeccompArgument[];
}

interface SeccompArgument {
  index: number;
  value: number;
  valueTwo?: number;
  op: string;
}

const ALLOWED = {
  files: `access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64
    fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock
    fremovexattr fsetxattr fstat fstatfs fsync ftruncate futimesat getcwd getdents getdents64 getxattr inotify_add_watch
    inotify_init inotify_init1 inotify_rm_watch lchown lgetxattr link linkat listxattr llistxattr lremovexattr lseek
    lsetxattr lstat mkdir mkdirat mknod mknodat name_to_handle_at newfstatat open openat openat2 readlink readlinkat
    removexattr rename renameat renameat2 rmdir setxattr stat statfs statx symlink symlinkat sync sync_file_range syncfs
    truncate umask unlink unlinkat utime utimensat utimes`,
  transfer: `io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit pread64 preadv preadv2 pwrite64 pwritev
    pwritev2 read readahead readv sendfile splice tee vmsplice write writev`,
  waiting: `epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd
    eventfd2 pause pipe pipe2 poll ppoll pselect6 select signalfd signalfd4 timerfd_create timerfd_gettime
    timerfd_settime`,
  sockets: `accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg
    sendmsg sendto setsockopt shutdown socketpair`,
  memory: `brk cachestat madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap
    mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect remap_file_pages`,
  processes: `capget capset execve execveat exit exit_group fork getcpu getegid geteuid getgid getgroups getpgid getpgrp
    getpid getppid getpriority getresgid getresuid getrlimit getrusage getsid gettid getuid ioprio_get ioprio_set kill
    pidfd_open pidfd_send_signal prctl prlimit64 process_mrelease process_vm_readv process_vm_writev ptrace rseq
    sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
    sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield setfsgid setfsuid
    setgid setgroups setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setuid tgkill tkill vfork
    wait4 waitid`,
  signals: `restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
    rt_sigtimedwait rt_tgsigqueueinfo sigaltstack`,
  threads: `arch_prctl futex futex_requeue futex_wait futex_waitv futex_wake get_robust_list get_thread_area
    riscv_flush_icache set_robust_list set_thread_area set_tid_address`,
  messages: `mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl
    semget semop semtimedop shmat shmctl shmdt shmget`,
  time: `adjtimex alarm clock_adjtime clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer
    time timer_create timer_delete timer_getoverrun timer_gettime timer_settime times`,
  // chroot needs CAP_SYS_CHROOT, which the containers have: some packages' scripts use it.
  other: `chroot getrandom landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp sysinfo uname`,
};

/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK. Equality, so that bits above the 32 the kernel looks at match nothing. */
const SOCKET_FAMILIES = [1, 2, 10, 16];

/** personality(2): Linux, 32-bit addresses, their combination with UNAME26, and the question what is set. */
const PERSONALITIES = [0x0, 0x8, 0x20000, 0x20008, 0xffff_ffff];

/** clone(2) flags that make namespaces: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NAMESPACE_FLAGS = 0x7e02_0000;

const ENOSYS = 38;

/** An ioctl request's low 16 bits: the type in the upper byte, the number in the lower. */
const IOCTL_BITS = 16;

export interface BitBlock {
  /** The block is all values whose upper `bits` of 16 are those of `value`. */
  value: number;
  bits: number;
}

/**
 * By these a tenant leaves his disk limit: every btrfs ioctl (SUBVOL_CREATE makes a tree without a limit), and those that
 * set an inode's flags or project id (FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR). See ioctl_iflags(2), btrfs-ioctl(2).
 */
export const DENIED_IOCTLS: BitBlock[] = [
  { value: 0x9400, bits: 8 },
  { value: 0x5820, bits: 16 },
  { value: 0x6602, bits: 16 },
];

/** Of the denied type, these share file content and are what `cp --reflink` uses: FICLONE, FICLONERANGE, FIDEDUPERANGE. */
export const KEPT_IOCTLS = [0x9409, 0x940d, 0x9436];

/** The filter of every container. */
export function seccompProfile(): SeccompProfile {
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 1,
    // Named, so that the runtime answers ENOSYS to calls newer than the list: programs then fall back to older ones.
    archMap: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'].map((architecture) => ({ architecture, subArchitectures: [] })),
    syscalls: [
      allow(Object.values(ALLOWED).flatMap((names) => names.split(/\s+/))),
      ...SOCKET_FAMILIES.map((value) => allow(['socket'], { index: 0, value, op: 'SCMP_CMP_EQ' })),
      ...PERSONALITIES.map((value) => allow(['personality'], { index: 0, value, op: 'SCMP_CMP_EQ' })),
      allow(['clone'], { index: 0, value: NAMESPACE_FLAGS, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }),
      // Its flags lie in memory, where no filter sees them; ENOSYS makes the C library fall back to clone.
      { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
      ...allowedIoctls().map((block) => allow(['ioctl'], ioctlIn(block))),
    ],
  };
}

/** The fewest blocks that hold every ioctl but the denied ones, and the kept ones. */
export function allowedIoctls(): BitBlock[] {
  return [
    ...complement({ value: 0, bits: 0 }, DENIED_IOCTLS),
    ...KEPT_IOCTLS.map((value) => ({ value, bits: IOCTL_BITS })),
  ];
}

/** What of `block` lies in none of `holes`: the block itself, nothing, or what remains of its two halves. */
function complement(block: BitBlock, holes: BitBlock[]): BitBlock[] {
  const touching = holes.filter((hole) => contains(hole, block) || contains(block, hole));
  if (touching.length === 0) return [block];
  if (touching.some((hole) => contains(hole, block))) return [];
  const bits = block.bits + 1;
  const half = 1 << (IOCTL_BITS - bits);
  return [block.value, block.value | half].flatMap((value) => complement({ value, bits }, touching));
}

function contains(outer: BitBlock, inner: BitBlock): boolean {
  return outer.bits <= inner.bits && (inner.value & maskOf(outer)) === outer.value;
}

function maskOf({ bits }: BitBlock): number {
  return (0xffff << (IOCTL_BITS - bits)) & 0xffff;
}

/**
 * A comparison under a mask and never an equality: the kernel ignores the request's upper 32 bits, and a comparison of the
 * whole argument would let a call with one of them set pass as another one.
 */
function ioctlIn(block: BitBlock): SeccompArgument {
  return { index: 1, value: maskOf(block), valueTwo: block.value, op: 'SCMP_CMP_MASKED_EQ' };
}

function allow(names: string[], argument?: SeccompArgument): SeccompRule {
  return { names, action: 'SCMP_ACT_ALLOW', ...(argument ? { args: [argument] } : {}) };
}
