import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quote, renderFinish, renderLogRun, renderRun, type Service } from './services.ts';

const service: Service = {
  name: 'web',
  command: ['/opt/node', '--flag=1', 'server.js'],
  user: 'lightkeeper-web',
  workingDir: '/srv/lk/runtime/web',
  envDir: '/srv/lk/env-web',
  env: { PORT: '8081' },
  oomScoreAdj: -500,
};
const lines = (changes: Partial<Service> = {}) => renderRun({ ...service, ...changes }, '/srv/lk:web').split('\n');

test('a process starts as its user, in its directory, with its variables and its mark', () => {
  expect(lines().slice(0, 3)).toEqual(['#!/bin/sh', 'exec 2>&1', 'umask 022']);
  expect(lines().slice(-4)).toEqual([
    'cd /srv/lk/runtime/web || exit 1',
    'echo -500 2>/dev/null >/proc/self/oom_score_adj',
    'exec s6-envdir /srv/lk/env-web env PORT=8081 LIGHTKEEPER_SERVICE=/srv/lk:web setpriv --reuid lightkeeper-web --regid lightkeeper-web --init-groups --inh-caps=-all --no-new-privs -- /opt/node --flag=1 server.js',
    '',
  ]);
});

test('what a killed supervisor left of the same service ends before a second one starts', () => {
  const script = lines().join('\n');
  expect(script).toContain('grep -qsxzF LIGHTKEEPER_SERVICE=/srv/lk:web "/proc/$old/environ"');
  expect(script.indexOf('kill -s KILL "$old"')).toBeLessThan(script.indexOf('echo "$$" >pid'));
});

test('a process that needs no variables gets none', () => {
  expect(lines({ envDir: null, env: {}, user: null }).at(-2)).toBe(
    'exec env LIGHTKEEPER_SERVICE=/srv/lk:web /opt/node --flag=1 server.js',
  );
});

test('what has to run before each start runs as root, and its failure is a death of the service', () => {
  const before = lines({ before: ['node', 'before-start.ts', 'web'] }).at(-3);
  expect(before).toMatch(/^s6-envdir \S+ env PORT=8081 \S+ node before-start\.ts web \|\| exit 1$/);
});

test('another revision makes another script, so that `up` sees the change', () => {
  expect(lines({ revision: 'abc' })).toContain('# made from abc');
  expect(lines({ revision: 'a\nrm -rf /' }).join('\n')).not.toContain('rm -rf');
});

test.each(['', 'plain', "it's", 'a b', '$(id)', '`id`', 'a\nb', '"', '\\', '*', '~', '-n', '#x', 'a;b&c|d>e'])(
  'sh reads %j back as the one word it was',
  (word) => {
    expect(execFileSync('sh', ['-c', `printf '%s' ${quote(word)}`], { encoding: 'utf8' })).toBe(word);
  },
);

test('a directory with odd characters stays one word', () => {
  expect(renderLogRun("/srv/it's here")).toContain("'/srv/it'\\''s here'");
  expect(lines({ workingDir: '/srv/a b' })).toContain("cd '/srv/a b' || exit 1");
});

test('the pause after a death starts at nothing and doubles to at most sixteen seconds', () => {
  const script = renderFinish()
    .replace('#!/bin/sh', 'sleep() { echo "$1"; }')
    .replace('exec sleep', 'sleep')
    .replace('now=$(date +%s)', 'now=100')
    .replaceAll(' backoff', ' "$FILE"');
  const run = `FILE=$(mktemp); for _ in 1 2 3 4 5 6 7 8; do ( ${script.replaceAll('exit 0', '{ echo 0; exit 0; }')} ); done; rm "$FILE"`;
  const pauses = execFileSync('sh', ['-c', run], { encoding: 'utf8' }).trim().split('\n').map(Number);
  expect(pauses).toEqual([0, 1, 2, 4, 8, 16, 16, 16]);
});
