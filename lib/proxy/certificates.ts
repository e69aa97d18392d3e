// HAProxy's certificates: files that it loads at its start, and its memory, changed over the admin socket without a reload
// (management guide, 9.3: `new|set|commit|del ssl cert`, `add|del ssl crt-list`).

import { X509Certificate } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { command } from './admin-socket.ts';
import { checkHost } from './map.ts';

export interface Certificates {
  /** Makes HAProxy have these: chain and key in PEM by name. Answers how many were not right. One call after the other. */
  sync(desired: ReadonlyMap<string, string>): Promise<number>;
}

/** `directory`: of the files; the list is in it. Only the deploy worker writes. */
export function createCertificates({ socketPath, directory }: { socketPath: string; directory: string }): Certificates {
  let writing: Promise<unknown> = Promise.resolve();
  const list = listFile(directory);
  const fileOf = (name: string) => path.join(directory, `${checkHost(name)}.pem`);
  const tell = async (line: string, done: RegExp) => {
    const answer = await command(socketPath, line);
    if (!done.test(answer)) throw new Error(`HAProxy refused "${line.split('\n')[0]}": ${answer.slice(0, 500)}`);
  };

  /** Puts chain and key behind a file's name, at once for the next handshake. */
  const load = async (file: string, pem: string) => {
    await command(socketPath, `abort ssl cert ${file}`); // Of a worker that was killed in the middle.
    await tell(`set ssl cert ${file} <<\n${pem}\n`, /^Transaction (created|updated)/);
    await tell(`commit ssl cert ${file}`, /Success!/);
  };
  const put = async (name: string, pem: string, isListed: boolean) => {
    const file = fileOf(name);
    await writeFile(`${file}.new`, `${pem}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
    if (!isListed) await command(socketPath, `new ssl cert ${file}`); // It may be there, without its place in the list.
    await load(file, pem);
    if (!isListed) await tell(`add ssl crt-list ${list} ${file}`, /Success!/);
  };
  const drop = async (file: string) => {
    await command(socketPath, `del ssl crt-list ${list} ${file}`);
    await command(socketPath, `del ssl cert ${file}`);
    await rm(file, { force: true });
  };
  const writeList = async (names: Iterable<string>) => {
    await writeFile(`${list}.new`, renderList([...names].map(fileOf)), { mode: 0o600 });
    await rename(`${list}.new`, list);
  };

  const sync = async (desired: ReadonlyMap<string, string>) => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const listed = parseShownList(await command(socketPath, `show ssl crt-list ${list}`));
    const files = new Map([...desired].map(([name, pem]) => [fileOf(name), oneBlock(pem)]));
    let wrong = 0;
    // The list names no file that is not there: HAProxy would not start.
    const stale = listed.filter((file) => !files.has(file));
    if (stale.length > 0) await writeList([...desired.keys()].filter((name) => listed.includes(fileOf(name))));
    for (const file of stale) await drop(file);
    for (const [name] of desired) {
      const file = fileOf(name);
      const pem = files.get(file) ?? '';
      const isListed = listed.includes(file);
      if (isListed && parseSerial(await command(socketPath, `show ssl cert ${file}`)) === serialOf(pem)) continue;
      await put(name, pem, isListed);
      wrong += 1;
    }
    if (wrong + stale.length === 0) return 0;
    await writeList(desired.keys());
    for (const entry of await readdir(directory)) {
      const file = path.join(directory, entry);
      if (entry.endsWith('.pem') && !files.has(file)) await rm(file, { force: true });
    }
    return wrong + stale.length;
  };
  return {
    sync(desired) {
      const mine = writing.catch(() => {}).then(() => sync(desired));
      writing = mine;
      return mine;
    },
  };
}

/** What the proxy's configuration names. */
export function listFile(directory: string): string {
  return path.join(directory, 'list');
}

function renderList(files: string[]): string {
  return files.map((file) => `${file}\n`).join('');
}

/** Reads `show ssl crt-list LIST`: a file on each line, behind it what it is for; comments begin with #. Pure. */
export function parseShownList(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [file = ''] = line.trim().split(/[\s[]/);
    return file.startsWith('/') ? [file] : [];
  });
}

/** Reads `show ssl cert FILE`; null where none is loaded. Pure. */
export function parseSerial(text: string): string | null {
  return (
    /^Serial: ([0-9A-F]+)$/im
      .exec(text)?.[1]
      ?.toUpperCase()
      .replace(/^(00)+/, '') ?? null
  );
}

function serialOf(pem: string): string {
  return new X509Certificate(pem).serialNumber.toUpperCase().replace(/^(00)+/, '');
}

/** A command's payload ends at its first empty line. */
function oneBlock(pem: string): string {
  return pem
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .join('\n');
}
