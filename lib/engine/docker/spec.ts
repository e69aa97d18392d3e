// A container's specification in Docker's words. Everything a limit or a wall depends on is said here, none is left to a
// default of the engine or of the image. Works from engine 20.10 (API 1.41) on, under cgroup v1 and v2.

import type Docker from 'dockerode';
import { CPU_SHARES } from '../../usage/cpu-groups.ts';
import type { ContainerLimits, ContainerSpec } from '../engine.ts';
import { containerName, LABEL } from './labels.ts';
import { seccompProfile } from './seccomp.ts';
import { SKELETON_INIT, SKELETON_SHELL } from './skeleton.ts';

export interface Placement {
  instance: string;
  image: string;
  /** An absolute cgroup path, for the cgroupfs driver. */
  cgroupParent: string;
  network: string;
}

/**
 * What root needs for packages, users and services. Left out on purpose: NET_RAW (spoofing), MKNOD, and SETFCAP, without
 * which a package gives `ping` the setuid bit instead of a capability that nobody here could use.
 */
const CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'SETGID',
  'SETUID',
  'KILL',
  'NET_BIND_SERVICE',
  'SYS_CHROOT',
  'AUDIT_WRITE',
];

/**
 * A kernel with cgroup v1 does not charge socket buffers to the container's memory (socket-memory.ts): what one connection
 * holds that nobody reads is lowered (minimum, default, maximum in bytes; tcp(7)). And everybody may ping, without raw sockets (icmp(7)); 65535 is the
 * highest group that a remapped container has.
 */
const SYSCTLS = {
  'net.ipv4.tcp_rmem': '4096 16384 1048576',
  'net.ipv4.tcp_wmem': '4096 16384 524288',
  'net.ipv4.ping_group_range': '0 65535',
};

/**
 * The engine's own list, and the cgroup tree: under user namespaces the engine leaves it writable, and under cgroup v1 its
 * top is a tmpfs of root's without a size, which would take all of the site's memory. To be read it stays: run times find
 * there how much memory they have.
 */
const READ_ONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger', '/sys/fs/cgroup'];

/**
 * What the first process writes, the engine reads, with up to a core of the host's. So nobody in the container has that
 * pipe: it is put away before anything of the tenant's runs, his shell too.
 */
const WITHOUT_OUTPUT = `unset PWD; exec ${SKELETON_INIT} -- "$@" </dev/null >/dev/null 2>&1`;

const OPEN_FILES_SOFT = 1024;

/** The engine's create options for a site's container. */
export function createOptions(spec: ContainerSpec, placement: Placement): Docker.ContainerCreateOptions {
  return {
    name: containerName(placement.instance, spec.siteId),
    Image: placement.image,
    Hostname: spec.hostname,
    Entrypoint: [SKELETON_SHELL, '-p', '-c', WITHOUT_OUTPUT, 'init'],
    Cmd: spec.command,
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    WorkingDir: '/',
    User: '0:0',
    Labels: {
      [LABEL.instance]: placement.instance,
      [LABEL.site]: spec.siteId,
      [LABEL.generation]: String(spec.generation),
    },
    Tty: false,
    OpenStdin: false,
    StopSignal: 'SIGTERM',
    StopTimeout: 5,
    HostConfig: hostConfig(spec, placement),
  };
}

/** The limits that change on a running container. Also what `update` takes. */
export function liveLimits(limits: ContainerLimits) {
  return {
    Memory: limits.memoryBytesMax,
    // Equal to Memory means: no swap. Unset would mean twice as much.
    MemorySwap: limits.memoryBytesMax,
    NanoCpus: limits.cpuMillisMax * 1_000_000,
    PidsLimit: limits.pidsMax,
  };
}

function hostConfig(spec: ContainerSpec, placement: Placement): Docker.HostConfig {
  const { limits } = spec;
  return {
    ...liveLimits(limits),
    CpuShares: CPU_SHARES,
    OomScoreAdj: 500,
    ShmSize: smallTmpfsBytes(limits),
    Tmpfs: { '/tmp': tmpfs(limits.tmpfsBytesMax, '1777'), '/run': tmpfs(smallTmpfsBytes(limits), '0755') },
    Ulimits: [
      { Name: 'nofile', Soft: Math.min(OPEN_FILES_SOFT, limits.openFilesMax), Hard: limits.openFilesMax },
      { Name: 'core', Soft: 0, Hard: 0 },
      { Name: 'fsize', Soft: limits.fileBytesMax, Hard: limits.fileBytesMax },
    ],
    ReadonlyRootfs: true,
    ReadonlyPaths: READ_ONLY_PATHS,
    Privileged: false,
    CapDrop: ['ALL'],
    CapAdd: CAPABILITIES,
    SecurityOpt: [`seccomp=${JSON.stringify(seccompProfile())}`],
    Sysctls: SYSCTLS,
    IpcMode: 'private',
    ...{ CgroupnsMode: 'private' }, // missing in the library's types
    CgroupParent: placement.cgroupParent,
    NetworkMode: placement.network,
    PublishAllPorts: false,
    // The engine's own init is mounted below /usr, which the site's disk hides: the skeleton brings one.
    Init: false,
    // The reconcile loop owns restarts, because only it knows what should run.
    RestartPolicy: { Name: 'no' },
    LogConfig: { Type: 'local', Config: { 'max-size': '1m', 'max-file': '1', compress: 'false' } },
    Mounts: spec.mounts.map(({ source, target, readOnly }) => ({
      Type: 'bind',
      Source: source,
      Target: target,
      ReadOnly: readOnly,
      BindOptions: { Propagation: 'rprivate' },
    })),
  };
}

/** Programs may run from it: supervised services live in /run, and builds in /tmp. */
function tmpfs(bytesMax: number, mode: string): string {
  const inodes = Math.max(1024, Math.floor(bytesMax / 4096));
  return `rw,nosuid,nodev,exec,size=${bytesMax},nr_inodes=${inodes},mode=${mode}`;
}

/**
 * /run and /dev/shm get a quarter of what /tmp gets: files in memory go only when somebody deletes them, and all of them
 * together, with the 64 MB that the engine gives /dev, must leave a site enough to run.
 */
function smallTmpfsBytes({ tmpfsBytesMax }: ContainerLimits): number {
  return Math.floor(tmpfsBytesMax / 4);
}
