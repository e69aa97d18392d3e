import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderPlan, renderStart, renderSteps, renderWord } from './script.ts';
import type { BuildPlan } from './stacks/plan.ts';

const BOUNDS = { stepSeconds: 900, logBytesMax: 1_048_576, drainSeconds: 10 };
const PLAN: BuildPlan = {
  stack: 'node',
  title: '',
  notes: [],
  dependencies: { key: 'abc', shared: true, install: [['a', "b'c"]], mount: 'symlink' },
  build: [['npm', 'run', 'build'], ['true']],
  check: [],
  start: { argv: ['python3', '-m', 'gunicorn', '0.0.0.0:$PORT'] },
};

describe('shell text', () => {
  test('holds any text as one word that the shell does not read', () => {
    const words = fc
      .sample(fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { minLength: 1, maxLength: 200 }), 3)
      .flat();
    const odd = [...words, '', "'", "''", '$(id)', '`id`', 'a\nb', '$HOME', '$PORTS', '-n', '\\', '"', 'ünï'];
    const plain = odd.map((word) =>
      word
        .replaceAll('\0', '')
        .replace(/\$(?:PORT|DEPS|TOOLS)\b/g, '')
        .toWellFormed(),
    );
    const script = `printf '%s\\0' ${plain.map(renderWord).join(' ')}`;
    const said = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: { NODE_ENV: 'test' } });
    expect(said.split('\0').slice(0, -1)).toEqual(plain);
  });

  test('fills in the port, the dependencies and the tools at run time, and nothing else', () => {
    const step = ['/bin/echo', '0.0.0.0:$PORT', '$DEPS/x', '$TOOLS', '$PORTX', '$HOME'];
    const env = {
      NODE_ENV: 'test' as const,
      PORT: '8005',
      LIGHTKEEPER_DEPS: '/a b',
      LIGHTKEEPER_TOOLS: '/t',
      HOME: '/root',
    };
    const said = execFileSync('/bin/sh', ['-c', renderSteps([step])], { encoding: 'utf8', env });
    expect(said).toBe('0.0.0.0:8005 /a b/x /t $PORTX $HOME\n');
  });

  test('becomes the process where our words or a single command start it', () => {
    expect(renderStart(PLAN.start)).toBe(`exec 'python3' '-m' 'gunicorn' '0.0.0.0:'"$PORT"`);
    expect(renderStart({ line: ' gunicorn --bind :$PORT "my app" ' })).toBe('exec gunicorn --bind :$PORT "my app"');
    expect(renderStart({ line: 'A=1 B="x y" node .' })).toBe('exec env A=1 B="x y" node .');
  });

  test.each([
    'a && b',
    'a; b',
    'cd web && node .',
    'exec node .',
    '. ./env',
    'export A=1',
    'a | b',
    '(a)',
    'if a',
    'a > log',
  ])("leaves the tenant's %j to the shell as it is", (line) => {
    expect(renderStart({ line })).toBe(line);
  });
});

describe('the plan frame', () => {
  const read = (plan: BuildPlan | null, name: string) =>
    execFileSync('/bin/sh', ['-c', `${renderPlan(plan, 7, [7, 6], BOUNDS)}printf %s "$${name}"`], {
      encoding: 'utf8',
      env: { NODE_ENV: 'test' },
    });

  test('survives the shell', () => {
    expect(read(PLAN, 'INSTALL')).toBe(`'a' 'b'\\''c'`);
    expect(read(PLAN, 'BUILD')).toBe("'npm' 'run' 'build'\n'true'");
    expect(read(PLAN, 'KEEP')).toBe('7 6');
    expect(read(PLAN, 'DEPS_KEY')).toBe('abc');
    expect(read(null, 'START')).toBe('');
  });

  test('gives dependencies that point into their release a key of their own', () => {
    const own = { ...PLAN, dependencies: { key: 'abc', shared: false, install: [], mount: 'environment' as const } };
    expect(read(own, 'DEPS_KEY')).toBe('abc-7');
  });
});
