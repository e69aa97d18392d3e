import { expect, test } from 'vitest';
import { parseAccount, parseGroup } from './account.ts';
import { planCgroup } from './cgroup.ts';
import { type Confinement, parseQuarantine, planGit } from './confine.ts';
import { parseProtocol, renderPrefix } from './conversation.ts';

const CONFINEMENT: Confinement = {
  account: { uid: 990, gid: 980 },
  groups: ['/sys/fs/cgroup/x'],
  hooksDir: '/run/hooks',
  addressSpaceBytesMax: 1024 ** 2,
  cpuSecondsMax: 60,
};

test('git gets the unprivileged user, no capability, the bounds, and only the environment that is written out', () => {
  const { file, args, env } = planGit(CONFINEMENT, {
    args: ['receive-pack', '/repo; touch x'],
    repository: '/repo; touch x',
  });
  expect(file).toBe('/bin/sh');
  expect(args.slice(2, 8)).toEqual(['sh', '/sys/fs/cgroup/x', '1024', '60', '', '0']);
  expect(args).toContain('--reuid=990');
  expect(args).toContain('--bounding-set=-all');
  expect(args.slice(-3)).toEqual(['git', 'receive-pack', '/repo; touch x']);
  expect(args[1]).not.toContain('touch');
  expect(Object.keys(env).filter((name) => !name.startsWith('GIT_CONFIG'))).toEqual([
    'PATH',
    'HOME',
    'LC_ALL',
    'GIT_TERMINAL_PROMPT',
  ]);
});

test('hooks come from the directory of the platform only, whatever else is configured', () => {
  const { env } = planGit(CONFINEMENT, { args: [], repository: '/r', config: { 'receive.maxInputSize': '5' } });
  const pairs = Array.from({ length: Number(env.GIT_CONFIG_COUNT) }, (_, index) => [
    env[`GIT_CONFIG_KEY_${index}`],
    env[`GIT_CONFIG_VALUE_${index}`],
  ]);
  expect(Object.fromEntries(pairs)).toMatchObject({
    'core.hooksPath': '/run/hooks',
    'receive.maxInputSize': '5',
    'receive.fsckObjects': 'true',
    'protocol.allow': 'never',
  });
});

test('git never runs as root', () => {
  const root = { ...CONFINEMENT, account: { uid: 0, gid: 0 } };
  expect(() => planGit(root, { args: [], repository: '/r' })).toThrow('never runs as root');
});

test('a quarantine is taken only within its own repository', () => {
  const at = (name: string) => ({
    GIT_OBJECT_DIRECTORY: `/r/./objects/${name}`,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: '/r/./objects',
    GIT_QUARANTINE_PATH: `/r/./objects/${name}`,
  });
  expect(parseQuarantine('/r', at('tmp_objdir-incoming-aB3xYz'))?.GIT_QUARANTINE_PATH).toBe(
    '/r/objects/tmp_objdir-incoming-aB3xYz',
  );
  for (const name of ['../../etc', 'pack', 'incoming-x/../../..', 'incoming-', ''])
    expect(parseQuarantine('/r', at(name)), name).toBeNull();
  expect(parseQuarantine('/other', at('incoming-abc'))).toBeNull();
  expect(
    parseQuarantine('/r', { ...at('incoming-abc'), GIT_ALTERNATE_OBJECT_DIRECTORIES: '/r/objects:/etc' }),
  ).toBeNull();
  for (const value of [null, 'x', {}, []]) expect(parseQuarantine('/r', value)).toBeNull();
});

test('the cgroup is planned for both versions of the interface', () => {
  const bounds = { memoryBytesMax: 512, pidsMax: 9 };
  expect(planCgroup(true, 'lk-git', bounds).groups).toEqual(['/sys/fs/cgroup/lk-git']);
  expect(planCgroup(false, 'lk-git', bounds).groups).toEqual([
    '/sys/fs/cgroup/memory/lk-git',
    '/sys/fs/cgroup/pids/lk-git',
  ]);
  for (const unified of [true, false]) {
    expect(planCgroup(unified, 'lk-git', bounds).writes.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['512', '9']),
    );
  }
});

test('accounts and groups are read from their tables', () => {
  const table = 'root:x:0:0:root:/root:/bin/sh\nlightkeeper-git:x:990:980::/:/usr/sbin/nologin\n';
  expect(parseAccount(table, 'lightkeeper-git')).toEqual({ uid: 990, gid: 980 });
  expect(parseAccount(table, 'lightkeeper')).toBeNull();
  expect(parseGroup('lightkeeper-web:x:977:a,b\n', 'lightkeeper-web')).toBe(977);
});

test('only the versions of the protocol that exist are passed on', () => {
  expect(parseProtocol('version=2')).toBe('version=2');
  for (const header of [undefined, 'version=3', 'version=2:x=$(id)', 'version=2\nX=1'])
    expect(parseProtocol(header)).toBeNull();
  expect(renderPrefix('receive-pack', 'version=2').toString()).toBe('001f# service=git-receive-pack\n0000');
  expect(renderPrefix('upload-pack', 'version=2').length).toBe(0);
});
