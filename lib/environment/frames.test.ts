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
