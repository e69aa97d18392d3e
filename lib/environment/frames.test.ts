import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderFrames } from './frames.ts';
import { createMask } from './mask.ts';

const of = (variables: Record<string, string>) => new Map(Object.entries(variables));

test('each variable is a frame with a count, and a dot ends them', () => {
  expect(renderFrames(of({ A: '', B: 'é\n$(id)' })).toString()).toBe('A 1\n\nB 9\né\0$(id)\n.\n');
  expect(renderFrames(new Map()).toString()).toBe('.\n');
});

test.each([{ '../x': '1' }, { '': '1' }, { A: 'a\0b' }])('%j never gets on its way', (variables) => {
  expect(() => renderFrames(of(variables as Record<string, string>))).toThrow('Invariant');
});

test('values of six characters and more are taken out of lines, the longest first', () => {
  const mask = createMask(of({ A: 'secret-key', B: 'secret-key-long', C: 'true', D: 'first line\nsecond line\n' }));
  expect(mask('A=secret-key B=secret-key-long C=true')).toBe('A=•••••• B=•••••• C=true');
  expect(mask('then second line and first line')).toBe('then •••••• and ••••••');
  expect(createMask(new Map())('anything')).toBe('anything');
});

/** As the shell in the container takes them: a line, then as many bytes as it says. */
function readFrames(bytes: Buffer): Record<string, string> {
  const found: Record<string, string> = {};
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\n', at);
    const [name = '', length] = bytes.toString('utf8', at, end).split(' ');
    if (length === undefined) {
      expect(bytes.subarray(at).toString()).toBe('.\n');
      return found;
    }
    at = end + 1 + Number(length);
    const file = bytes.toString('utf8', end + 1, at);
    expect(file.endsWith('\n')).toBe(true);
    found[name] = file.slice(0, -1).replaceAll('\0', '\n');
  }
}

test('whatever the values are, they arrive as they are and none is taken for the frame of another', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom('.', '.\n', 'B 3\nxyz', '\n\n', '$(id)', '0\n', '\r\n'),
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/), value, { maxKeys: 6 }),
      (variables) => {
        const clean = Object.entries(variables).map(([name, text]) => [name, text.replaceAll('\0', '')] as const);
        expect(readFrames(renderFrames(new Map(clean)))).toEqual(Object.fromEntries(clean));
      },
    ),
    { numRuns: 100 },
  );
});
