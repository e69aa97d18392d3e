// Terminal output as spans of plain text. Understands the eight colours, their bright twins, bold, dim, italic and
// underline (ECMA-48, 8.3.117); strips every other control function, so that a tenant's output can move no cursor,
// overwrite no line, set no title or clipboard, hide no link and turn no text around.

export interface Span {
  text: string;
  /** Names of log.css, such as "sgr-31 sgr-bold". Empty for plain text. */
  className: string;
}

interface Style {
  colour: number | null;
  marks: ReadonlySet<string>;
}

const PLAIN: Style = { colour: null, marks: new Set() };
const MARKS: Record<number, string> = { 1: 'sgr-bold', 2: 'sgr-dim', 3: 'sgr-italic', 4: 'sgr-underline' };
const UNMARKS: Record<number, string[]> = {
  22: ['sgr-bold', 'sgr-dim'],
  23: ['sgr-italic'],
  24: ['sgr-underline'],
};

/**
 * One alternative for each thing that is not text. A string command (OSC, DCS, SOS, PM, APC) that nobody ends is cut at
 * the line's end, where a terminal would swallow the rest of the log.
 */
const CONTROL = new RegExp(
  [
    '\\u001b\\[(?<sgr>[\\d;:]*)m',
    '(?:\\u001b\\[|\\u009b)[\\u0030-\\u003f]*[\\u0020-\\u002f]*[\\u0040-\\u007e]?',
    '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d\\u009e\\u009f])[^\\u0007\\u001b\\u009c\\n]*(?:\\u0007|\\u001b\\\\|\\u009c)?',
    '\\u001b[\\u0020-\\u002f]*[\\u0030-\\u007e]?',
    '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]',
    '[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]',
  ].join('|'),
  'g',
);

/** Splits the text into lines of spans. A lone carriage return ends a line instead of overwriting it. */
export function parseAnsi(text: string): Span[][] {
  const lines: Span[][] = [];
  let style = PLAIN;
  for (const line of text.replace(/\r+\n/g, '\n').replaceAll('\r', '\n').split('\n')) {
    const spans: Span[] = [];
    let from = 0;
    for (const match of line.matchAll(CONTROL)) {
      push(spans, line.slice(from, match.index), style);
      from = match.index + match[0].length;
      const codes = match.groups?.sgr;
      if (codes !== undefined) style = applySgr(style, codes);
    }
    push(spans, line.slice(from), style);
    lines.push(spans);
  }
  return lines;
}

/** The same text without any control function. */
export function stripAnsi(text: string): string {
  return parseAnsi(text)
    .map((spans) => spans.map((span) => span.text).join(''))
    .join('\n');
}

function push(spans: Span[], text: string, style: Style): void {
  if (text === '') return;
  const className = [...(style.colour === null ? [] : [`sgr-${style.colour}`]), ...style.marks].join(' ');
  const last = spans.at(-1);
  if (last?.className === className) last.text += text;
  else spans.push({ text, className });
}

function applySgr(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number);
  let next = style;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    // 256 colours and true colour (38;5;N and 38;2;R;G;B, 48 for the background) are skipped with what belongs to them.
    if (code === 38 || code === 48) index += codes[index + 1] === 2 ? 4 : 2;
    else next = applyCode(next, code);
  }
  return next;
}

function applyCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 39) return { ...style, colour: null };
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return { ...style, colour: code };
  const mark = MARKS[code];
  if (mark) return { ...style, marks: new Set([...style.marks, mark]) };
  const off = UNMARKS[code];
  if (off) return { ...style, marks: new Set([...style.marks].filter((name) => !off.includes(name))) };
  return style;
}
