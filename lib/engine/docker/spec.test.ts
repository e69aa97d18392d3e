import { expect, test } from 'vitest';
import type { ContainerSpec } from '../engine.ts';
import { createOptions, liveLimits } from './spec.ts';

const SPEC: ContainerSpec = {
  siteId: 'abc',
  generation: 7,
  hostname: 'blue-fox',
  limits: {
    memoryBytesMax: 256 << 20,
    cpuMillisMax: 250,
    pidsMax: 100,
    openFilesMax: 4096,
    tmpfsBytesMax: 32 << 20,
    fileBytesMax: 1 << 30,
  },
  mounts: [
    { source: '/pool/abc/usr', target: '/usr', readOnly: false },
    { source: '/runtime', target: '/.lightkeeper', readOnly: true },
  ],
  command: ['/.lightkeeper/init', 'a b'],
  env: { PORT: '8000', EMPTY: '' },
};

const options = createOptions(SPEC, {
  instance: 'one',
  image: 'skeleton:1',
  cgroupParent: '/lightkeeper-one',
  network: 'bridge',
});
const host = options.HostConfig ?? {};

test('the container is named and labelled so that its owner finds it', () => {
  expect(options).toMatchObject({
    name: 'one-abc',
    Hostname: 'blue-fox',
    Labels: { 'lightkeeper.instance': 'one', 'lightkeeper.site': 'abc', 'lightkeeper.generation': '7' },
  });
});

test('an init that reaps runs the command, whose words stay words, and nobody writes to the engine', () => {
  expect([options.Entrypoint, options.Cmd]).toEqual([
    ['/.shell', '-p', '-c', 'unset PWD; exec /.init -- "$@" </dev/null >/dev/null 2>&1', 'init'],
    ['/.lightkeeper/init', 'a b'],
  ]);
  expect(options.Env).toEqual(['PORT=8000', 'EMPTY=']);
});

test('every limit is set, and there is no swap', () => {
  expect(host).toMatchObject({
    Memory: 256 << 20,
    MemorySwap: 256 << 20,
    NanoCpus: 250_000_000,
    PidsLimit: 100,
    ShmSize: 8 << 20,
    OomScoreAdj: 500,
    Ulimits: [
      { Name: 'nofile', Soft: 1024, Hard: 4096 },
      { Name: 'core', Soft: 0, Hard: 0 },
      { Name: 'fsize', Soft: 1 << 30, Hard: 1 << 30 },
    ],
    Tmpfs: {
      '/tmp': 'rw,nosuid,nodev,exec,size=33554432,nr_inodes=8192,mode=1777',
      '/run': 'rw,nosuid,nodev,exec,size=8388608,nr_inodes=2048,mode=0755',
    },
    LogConfig: { Type: 'local', Config: { 'max-size': '1m', 'max-file': '1' } },
  });
  expect(liveLimits(SPEC.limits)).toEqual({
    Memory: 256 << 20,
    MemorySwap: 256 << 20,
    NanoCpus: 250_000_000,
    PidsLimit: 100,
  });
});

test('few open files allowed means few by default', () => {
  const few = createOptions(
    { ...SPEC, limits: { ...SPEC.limits, openFilesMax: 256 } },
    { instance: 'one', image: 'i', cgroupParent: '/c', network: 'n' },
  );
  expect(few.HostConfig?.Ulimits).toContainEqual({ Name: 'nofile', Soft: 256, Hard: 256 });
});

test('the walls are closed, whatever the engine’s defaults are', () => {
  expect(host).toMatchObject({
    ReadonlyRootfs: true,
    Privileged: false,
    PublishAllPorts: false,
    CapDrop: ['ALL'],
    IpcMode: 'private',
    CgroupnsMode: 'private',
    CgroupParent: '/lightkeeper-one',
    NetworkMode: 'bridge',
    Init: false,
    RestartPolicy: { Name: 'no' },
  });
  expect(host.ReadonlyPaths).toEqual(expect.arrayContaining(['/proc/sys', '/proc/sysrq-trigger', '/sys/fs/cgroup']));
  for (const refused of ['NET_RAW', 'NET_ADMIN', 'SYS_ADMIN', 'SETFCAP', 'MKNOD', 'SYS_PTRACE', 'SYS_RESOURCE']) {
    expect(host.CapAdd).not.toContain(refused);
  }
  const [seccomp] = host.SecurityOpt;
  expect(JSON.parse(seccomp.replace(/^seccomp=/, ''))).toMatchObject({ defaultAction: 'SCMP_ACT_ERRNO' });
});

test('a mount whose source is missing fails instead of making a directory', () => {
  expect(host.Binds).toBeUndefined();
  expect(host.Mounts).toEqual([
    {
      Type: 'bind',
      Source: '/pool/abc/usr',
      Target: '/usr',
      ReadOnly: false,
      BindOptions: { Propagation: 'rprivate' },
    },
    {
      Type: 'bind',
      Source: '/runtime',
      Target: '/.lightkeeper',
      ReadOnly: true,
      BindOptions: { Propagation: 'rprivate' },
    },
  ]);
});
