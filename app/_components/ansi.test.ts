import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnsi, stripAnsi } from './ansi.ts';

const ESC = '\u001b';

describe('parseAnsi', () => {
  it('keeps colours and marks, and ends them at a reset', () => {
    expect(parseAnsi(`plain ${ESC}[1;31mred${ESC}[0m end`)).toEqual([
      [
        { text: 'plain ', className: '' },
        { text: 'red', className: 'sgr-31 sgr-bold' },
        { text: ' end', className: '' },
      ],
    ]);
  });

  it('carries a style over the end of a line', () => {
    expect(parseAnsi(`${ESC}[32mone\ntwo${ESC}[39m three`)).toEqual([
      [{ text: 'one', className: 'sgr-32' }],
      [
        { text: 'two', className: 'sgr-32' },
        { text: ' three', className: '' },
      ],
    ]);
  });

  it('skips the parameters of 256 colours and true colour', () => {
    expect(parseAnsi(`${ESC}[38;5;31mone${ESC}[48;2;31;32;33mtwo`)).toEqual([[{ text: 'onetwo', className: '' }]]);
  });

  it('leaves markup as text', () => {
    const text = '<img src=x onerror=alert(1)></script>';
    expect(parseAnsi(text)).toEqual([[{ text, className: '' }]]);
  });
});

describe('stripAnsi', () => {
  it.each([
    ['a cleared screen', `before${ESC}[2J${ESC}[Hafter`, 'beforeafter'],
    ['a moved cursor', `one${ESC}[5A${ESC}[10Dtwo`, 'onetwo'],
    ['a title', `a${ESC}]0;evil\u0007b`, 'ab'],
    ['the clipboard', `a${ESC}]52;c;ZXZpbA==${ESC}\\b`, 'ab'],
    ['a hidden link, keeping its words', `${ESC}]8;;https://evil.example${ESC}\\words${ESC}]8;;${ESC}\\`, 'words'],
    ['a device control string', `a${ESC}P1$r0m${ESC}\\b`, 'ab'],
    ['eight-bit controls', 'a\u009b2Jb\u009d0;evil\u009cc', 'abc'],
    ['text that runs the other way', 'exe.\u202egnp\u2066x', 'exe.gnpx'],
    ['a bell, a backspace and a null', 'a\u0007\b\u0000b', 'ab'],
    ['an escape at the very end', `a${ESC}`, 'a'],
  ])('strips %s', (_what, text, expected) => {
    expect(stripAnsi(text)).toBe(expected);
  });

  it('shows both texts where a carriage return would overwrite the first', () => {
    expect(stripAnsi('Build failed\rDeployed OK!\r\nnext')).toBe('Build failed\nDeployed OK!\nnext');
  });

  it('loses only the rest of a line to a string command that nobody ends', () => {
    expect(stripAnsi(`a${ESC}]0;never ended\nstill here`)).toBe('a\nstill here');
  });

  it('leaves no control character in any text', () => {
    const noise = fc.string({
      unit: fc.constantFrom(ESC, '[', ']', '8', ';', 'm', '\\', '\r', '\n', '\u009b', '\u0007', 'x'),
    });
    fc.assert(
      fc.property(noise, (text) => {
        expect(stripAnsi(text)).not.toMatch(/[^\P{Cc}\n\t]/u);
      }),
    );
  });
});
