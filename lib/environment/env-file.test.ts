import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEnvFile } from './env-file.ts';

const read = (text: string) => Object.fromEntries(parseEnvFile(text).variables);

test.each([
  ['A=1', { A: '1' }],
  ['  A = 1  ', { A: '1' }],
  ['export A=1', { A: '1' }],
  ['export\tA=1', { A: '1' }],
  ['exported=1', { exported: '1' }],
  ['A=', { A: '' }],
  ['A=""', { A: '' }],
  ["A=''", { A: '' }],
  ['A=one two', { A: 'one two' }],
  ['A=one # a comment', { A: 'one' }],
  ['A=# a comment', { A: '' }],
  ['A=one#two', { A: 'one#two' }],
  ['A="one # two" # three', { A: 'one # two' }],
  ["A='$(id) \\n'", { A: '$(id) \\n' }],
  ['A="a\\nb\\t\\"c\\" \\$d \\\\ \\x"', { A: 'a\nb\t"c" $d \\ \\x' }],
  ['A="it\'s"', { A: "it's" }],
  ['A=it\'s "so"', { A: 'it\'s "so"' }],
  ['A=$B$(C)', { A: '$B$(C)' }],
  ['A=postgres://u:p=w@h/d?x=1', { A: 'postgres://u:p=w@h/d?x=1' }],
  ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
  ['\uFEFFA=1', { A: '1' }],
  ['A=1\nA=2', { A: '2' }],
  ['# nothing\n\n   \nA=1', { A: '1' }],
  ['A="one\n two\n"\nB=2', { A: 'one\n two\n', B: '2' }],
  [
    "A='-----BEGIN KEY-----\nMII=\n-----END KEY-----'\nB=2",
    { A: '-----BEGIN KEY-----\nMII=\n-----END KEY-----', B: '2' },
  ],
  ['', {}],
])('%j is read as people mean it', (text, expected) => {
  expect(read(text)).toEqual(expected);
  expect(parseEnvFile(text).left).toEqual([]);
});

test('what is no variable is left with its line and why, and the rest is taken', () => {
  const { variables, left } = parseEnvFile('A=1\nhello there\nPORT=80\n1X=2\nB="x\ny" z\nC="open\nD=4\n');
  expect(Object.fromEntries(variables)).toEqual({ A: '1', D: '4' });
  expect(left).toEqual([
    { line: 2, name: '', why: 'This line is not NAME=value.' },
    { line: 3, name: 'PORT', why: 'PORT is set by Lightkeeper for every release.' },
    { line: 4, name: '1X', why: '"1X" cannot be the name of a variable.' },
    { line: 5, name: 'B', why: 'Something follows its closing ".' },
    { line: 7, name: 'C', why: 'Its " is never closed.' },
  ]);
});

test('no part of a value is in what is said of a line', () => {
  const { left } = parseEnvFile('PORT=hunter2\n9=hunter2\nhunter2\nA="hunter2');
  expect(left).toHaveLength(4);
  expect(JSON.stringify(left)).not.toContain('hunter2');
});

test('a name of the language itself is a name like any other', () => {
  expect([...parseEnvFile('__proto__=1\nconstructor=2').variables]).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
});

test('a hostile file is read in a moment', () => {
  const start = performance.now();
  parseEnvFile(`A="${'\\'.repeat(100_000)}`);
  parseEnvFile('A="\n'.repeat(3_000));
  parseEnvFile(`A=${' #'.repeat(50_000)}`);
  expect(performance.now() - start).toBeLessThan(2_000);
});

test('values in quotes are read as they were written, whatever is in them', () => {
  const name = fc
    .stringMatching(/^[A-Z_][A-Z0-9_]{0,12}$/)
    .filter((word) => !/^(PORT|PATH|HOME|LIGHTKEEPER_.*)$/.test(word));
  const value = fc.string({ maxLength: 40 }).filter((text) => !/[\0\r]/.test(text));
  fc.assert(
    fc.property(fc.dictionary(name, value, { maxKeys: 5 }), (variables) => {
      const quoted = (text: string) => `"${text.replace(/[\\"$]/g, '\\$&')}"`;
      const file = Object.entries(variables).map(([key, text]) => `export ${key}=${quoted(text)} # so\n`);
      expect(read(file.join('# none\n\n'))).toEqual(variables);
    }),
    { numRuns: 100 },
  );
});

test.each([' ', '\t', 'A=', '"', '#', 'A="\n', "'x"])('a file of nothing but %j is read in time', (unit) => {
  const started = Date.now();
  for (const end of ['', 'x', '#']) parseEnvFile(`A=x${unit.repeat(32_000 / unit.length)}${end}`);
  expect(Date.now() - started).toBeLessThan(3_000);
});
