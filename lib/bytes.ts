// Sizes as people write and read them. One unit step is 1,024.

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** Reads "512", "20 MB" or "1.5GB" (any case, optional "i" and "B") as bytes; null when it is none of these. */
export function parseBytes(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*$/i.exec(text);
  if (!match) return null;
  const power = ' kmgt'.indexOf((match[2] ?? '').toLowerCase() || ' ');
  return Math.round(Number(match[1]) * 1024 ** power);
}

/** Writes bytes in the largest unit that makes it one or more: "1 GB", "1.5 GB", "812 KB". */
export function formatBytes(bytes: number | bigint): string {
  let value = Number(bytes);
  let unit = 0;
  while (Math.round(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const rounded = value < 10 && unit > 0 ? Math.round(value * 10) / 10 : Math.round(value);
  return `${rounded.toLocaleString('en-US')} ${UNITS[unit]}`;
}

/** Both in the unit of the limit, the largest that gives it ten or more: "300 MB of 1,024 MB", "9.2 GB of 20 GB". */
export function formatShare(used: number | bigint, max: number | bigint): string {
  let unit = 0;
  while (Number(max) / 1024 ** (unit + 1) >= 10 && unit < UNITS.length - 1) unit += 1;
  const write = (bytes: number | bigint) => {
    const value = Number(bytes) / 1024 ** unit;
    const digits = value < 100 && unit > 0 ? 1 : 0;
    return `${value.toLocaleString('en-US', { maximumFractionDigits: digits })} ${UNITS[unit]}`;
  };
  return `${write(used)} of ${write(max)}`;
}
