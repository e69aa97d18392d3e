// Writes a ustar archive of a few small entries (pax(1), "ustar Interchange Format"): what the skeleton image needs and no
// more. Everything belongs to root and has no time, so that equal entries make equal archives.

export type TarEntry =
  | { kind: 'directory'; path: string; mode: number }
  | { kind: 'link'; path: string; target: string }
  | { kind: 'file'; path: string; mode: number; content: Buffer };

const BLOCK = 512;
const TYPE = { file: '0', link: '2', directory: '5' } as const;

/** Paths and link targets must be shorter than 100 bytes. */
export function tar(entries: TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => [
    header(entry),
    entry.kind === 'file' ? padded(entry.content) : Buffer.alloc(0),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(entry: TarEntry): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(entry.kind === 'directory' ? `${entry.path}/` : entry.path, 0, 99);
  block.write(octal(entry.kind === 'link' ? 0o777 : entry.mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(entry.kind === 'file' ? entry.content.length : 0, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(TYPE[entry.kind], 156);
  if (entry.kind === 'link') block.write(entry.target, 157, 99);
  block.write('ustar\x0000', 257, 'latin1');
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)}\0`, 148);
  return block;
}

/** `length` counts the closing NUL. */
function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}
