// Lines of comma-separated values (RFC 4180), safe to open in a spreadsheet.

export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** One record with its line end. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * Texts that a spreadsheet would run as a formula get an apostrophe in front (OWASP, CSV injection): names, reasons and
 * events hold what tenants wrote. Numbers of ours are left as they are.
 */
function csvCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== 'string') return String(cell);
  const text = /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
