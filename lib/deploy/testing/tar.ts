// For tests: a tar archive (ustar, POSIX pax(1)) of texts, as `git archive` would make it.

/** Names of up to 100 bytes. */
export function tarOf(files: Record<string, string | Buffer>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const body = Buffer.isBuffer(text) ? text : Buffer.from(text);
    return [header(name, body.length), body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  const archive = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  return Buffer.concat([archive, Buffer.alloc((10_240 - (archive.length % 10_240)) % 10_240)]);
}

function header(name: string, sizeBytes: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  block.write(name, 0, 100);
  block.write(octal(0o664, 8) + octal(0, 8) + octal(0, 8) + octal(sizeBytes, 12) + octal(1_767_225_600, 12), 100);
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
