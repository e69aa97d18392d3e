// Detection reads what anybody pushed. Whatever it is: a plan or a refusal in a sentence, of bounded length, at once.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../errors/app-error.ts';
import { renderPlan } from '../script.ts';
import { detect } from './detect.ts';
import type { BuildPlan, SourceTree } from './plan.ts';
import { parseProcfile } from './procfile.ts';
import { filesToRead } from './tree.ts';

const TEXT_BYTES = 256 * 1024;
/** A whole tree takes a tenth of it on an idle machine; what grows with the square took minutes. */
const MS_MAX = 5_000;
const BOUNDS = { stepSeconds: 60, logBytesMax: 1_000, drainSeconds: 1 };

function treeOf(files: [path: string, text: string][]): SourceTree {
  const texts = new Map(files);
  const listed = [...texts].map(([path, text]) => ({ path, sizeBytes: text.length, mode: '100644', id: 'one' }));
  return { files: listed, texts: new Map(filesToRead(listed).map((path) => [path, texts.get(path) ?? ''])) };
}

function planOrRefusal(tree: SourceTree): BuildPlan | AppError {
  try {
    return detect(tree, 'base-1');
  } catch (error) {
    if (error instanceof AppError && error.code === 'push-refused') return error;
    throw error;
  }
}

function expectBounded(answer: BuildPlan | AppError): void {
  if (answer instanceof AppError) {
    expect(answer.message.length).toBeLessThan(3_000);
    return;
  }
  expect(answer.title.length).toBeLessThan(130);
  for (const note of answer.notes) expect(note.length).toBeLessThan(500);
  expect(renderPlan(answer, 1, [], BOUNDS)).toContain('START=');
}

const PATHS = [
  ...['Procfile', 'package.json', 'requirements.txt', 'requirements-dev.txt', 'pyproject.toml', 'runtime.txt'],
  ...['main.py', 'app.py', 'wsgi.py', 'asgi.py', 'server.py', 'a/main.py', 'a/__init__.py', 'manage.py', 'a/wsgi.py'],
  ...['index.html', 'dist/index.html', 'server.js', 'package-lock.json', 'yarn.lock', 'patches/a'],
];
const WORDS = [
  ...['web', ':', ' ', '\t', '\n', '\r', '\0', '\u2028', '\\', '"', "'", '"""', '#', '=', '(', ')', '[', ']', '{', '}'],
  ...[
    'app',
    'application',
    'def ',
    'async ',
    'class ',
    'from ',
    'import ',
    'x',
    '.',
    '/',
    './',
    '-e ',
    '-r ',
    '@',
    ',',
  ],
  ...['FastAPI', 'Flask', 'create_app', 'serve_forever(', 'file:', '[project]', 'dependencies', '1', '$PORT', '.whl'],
  ...[
    '"scripts"',
    '"start"',
    '"main"',
    '"build"',
    '"next"',
    '"dependencies"',
    '"__proto__"',
    '"workspaces"',
    'é',
    '\ud800',
  ],
];
const text = fc.oneof(
  fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((words) => words.join('')),
  fc.string({ maxLength: 80 }),
  fc.json(),
  fc
    .record(
      Object.fromEntries(
        ['main', 'scripts', 'dependencies', 'devDependencies', 'optionalDependencies', 'workspaces'].map((name) => [
          name,
          fc.oneof(
            fc.anything(),
            fc.dictionary(fc.constantFrom('start', 'build', 'prestart', 'a', '__proto__'), fc.string()),
          ),
        ]),
      ),
      { requiredKeys: [] },
    )
    .map((about) => JSON.stringify(about, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? ''),
);

describe('whatever is pushed', () => {
  test('is planned or refused in a sentence, and the plan is fit for a shell', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...PATHS), text), { maxLength: 6 }), (files) => {
        expectBounded(planOrRefusal(treeOf(files)));
      }),
      { numRuns: 1_000 },
    );
  }, 60_000);

  const long = fc
    .tuple(
      fc.constantFrom(
        '',
        'web: x',
        'from x ',
        'x = ',
        'app: ',
        'def app(',
        '"""',
        '{"main":"',
        './',
        '-r a',
        '[project]\n',
      ),
      fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }).map((words) => words.join('')),
      fc.constantFrom('', 'x', '!', '\n', '"', ')', 'import', ' #'),
    )
    .map(([start, unit, end]) => start + unit.repeat((TEXT_BYTES - 20) / unit.length) + end);

  test('is read in time, however its text repeats itself', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PATHS), long, (path, content) => {
        const start = performance.now();
        expectBounded(planOrRefusal(treeOf([[path, content]])));
        expect(performance.now() - start, JSON.stringify([path, content.slice(0, 60)])).toBeLessThan(MS_MAX);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test.each<[string, string, string]>([
    ['blanks inside a command', 'Procfile', `web: x${' '.repeat(TEXT_BYTES - 10)}y`],
    ['imports without a name', 'wsgi.py', `from x ${'import '.repeat(36_000)}`],
    ['slashes behind a place', 'requirements.txt', `./${'/'.repeat(TEXT_BYTES - 10)}x`],
    ['brackets behind a place', 'requirements.txt', `./${'['.repeat(TEXT_BYTES - 10)}x`],
  ])(
    'is read in time: %s',
    (_, path, content) => {
      const start = performance.now();
      expectBounded(
        planOrRefusal(
          treeOf([
            [path, content],
            ['main.py', ''],
          ]),
        ),
      );
      expect(performance.now() - start).toBeLessThan(MS_MAX);
    },
    60_000,
  );

  test('is read in time when tens of thousands of places are named among as many files', () => {
    const places = Array.from({ length: 60_000 }, (_, index) => `./${index % 7}`).join('\n');
    const deep = 'd/'.repeat(1_000);
    const many = Array.from({ length: 20_000 }, (_, index): [string, string] => [`${deep}${index}`, '']);
    const start = performance.now();
    expectBounded(planOrRefusal(treeOf([...many, ['main.py', ''], ['requirements.txt', places]])));
    expect(performance.now() - start).toBeLessThan(MS_MAX);
  }, 60_000);

  test('of texts only so many are read, those at the top first', () => {
    const files = [...Array.from({ length: 59 }, (_, index) => `m${index}/main.py`), 'Procfile'];
    const listed = files.map((path) => ({ path, sizeBytes: TEXT_BYTES, mode: '100644', id: 'one' }));
    const read = filesToRead(listed);
    expect(read[0]).toBe('Procfile');
    expect(read.length * TEXT_BYTES).toBeLessThanOrEqual(2 * 1024 ** 2);
  });
});

test('a Procfile is read as it was written', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
  const command = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/);
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, command), { selector: ([key]) => key, maxLength: 8 }), (lines) => {
      const written = lines.map(([key, line]) => `${key}: ${line}\r\n`).join('# a comment\n\n');
      expect([...parseProcfile(written)]).toEqual(lines);
    }),
  );
});
