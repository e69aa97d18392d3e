// Keeps room for the pool's own trees. btrfs gives its space out in pieces, to data or to metadata, and takes a piece back that
// is empty. A small pool's trees fit into the first 8 MB, most of which the kernel keeps for itself: once data has taken all
// other pieces, nobody can write any more, although a tenth of the pool is free. So a directory of small files, which
// are kept in the trees (btrfs(5), max_inline), fills more than the first piece: the next one, of 256 MB or more, stays.

import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const FILES = 6_000;
/** Below what is kept inside the trees (2,048). */
const FILE_BYTES = 2_000;
const AT_A_TIME = 100;

/** Safe to repeat, and quick when it was done. */
export async function ensureMetadataRoom(pool: string): Promise<void> {
  const room = path.join(pool, 'metadata-room');
  if (await lstat(room).catch(() => null)) return;
  const unfinished = `${room}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const content = Buffer.alloc(FILE_BYTES, 'room for metadata ');
  for (let first = 0; first < FILES; first += AT_A_TIME) {
    const numbers = Array.from({ length: AT_A_TIME }, (_, index) => first + index);
    await Promise.all(numbers.map((number) => writeFile(path.join(unfinished, String(number)), content)));
  }
  await rename(unfinished, room);
}
