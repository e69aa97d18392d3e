// What the console prints: text that nothing in it can move a cursor with, tables, and JSON that is safe on a terminal too.
// Pure.

const UNSEEN = /[^\P{C}\n]/gu;
const SHOWN_MAX = 40;

/** Text whose control, format and private characters are replaced; line ends stay. */
export function plain(text: string): string {
  return text.replace(UNSEEN, '�');
}

/** A word of somebody's, in quotes and short. */
export function shown(word: string): string {
  const line = plain(word).replaceAll('\n', '�');
  return `"${line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line}"`;
}

/** One JSON document, a line or more; what a terminal would obey is written as an escape. */
export function renderJson(value: unknown): string {
  const text = JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? Number(each) : each), 2);
  return `${text.replace(UNSEEN, escapesOf)}\n`;
}

function escapesOf(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}

/** Columns as wide as their widest cell, two blanks between. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

/** "2026-08-01 12:00 UTC" */
export function renderTime(at: string | Date): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
