// A map of HAProxy's beside the routes: keys and values that are checked before they get into a command or a file.

import { rename, writeFile } from 'node:fs/promises';
import { command, setEntry } from './admin-socket.ts';

/** Each throws for what must never get into a command or a file. */
export interface EntryRules {
  key(key: string): string;
  value(value: string): string;
}

export interface TextMap {
  /** Makes map and file equal to these; answers how many entries were wrong. One call after the other. */
  sync(desired: ReadonlyMap<string, string>): Promise<number>;
}

/** What HAProxy has of a map at this moment. */
export async function readTextMap({ socketPath, file }: { socketPath: string; file: string }) {
  return parseShownMap(await command(socketPath, `show map ${file}`));
}

/** Only one process may write: the deploy worker. */
export function createTextMap({
  socketPath,
  file,
  rules,
}: {
  socketPath: string;
  file: string;
  rules: EntryRules;
}): TextMap {
  let writing: Promise<unknown> = Promise.resolve();
  const sync = async (desired: ReadonlyMap<string, string>) => {
    const text = renderTextMap(desired, rules);
    const { set, remove } = diffTextMap(await readTextMap({ socketPath, file }), desired);
    for (const [key, value] of set) await setEntry(socketPath, `${file} ${key} ${value}`);
    for (const key of remove) await command(socketPath, `del map ${file} ${rules.key(key)}`);
    if (set.length + remove.length > 0) {
      await writeFile(`${file}.new`, text, { mode: 0o644 });
      await rename(`${file}.new`, file);
    }
    return set.length + remove.length;
  };
  return {
    sync(desired) {
      const mine = writing.catch(() => {}).then(() => sync(desired)); // Whoever asked before has heard of it.
      writing = mine;
      return mine;
    },
  };
}

/** The file HAProxy loads at its start. Throws as the rules do. Pure. */
export function renderTextMap(entries: ReadonlyMap<string, string>, rules: EntryRules): string {
  return [...entries].map(([key, value]) => `${rules.key(key)} ${rules.value(value)}\n`).join('');
}

/** Reads `show map`: "0x55… key value" on each line. Pure. */
export function parseShownMap(text: string): Map<string, string> {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  return new Map(lines.flatMap(([, key, value]) => (key && value ? [[key, value]] : [])));
}

/** What has to change for `actual` to become `desired`. Pure. */
export function diffTextMap(actual: ReadonlyMap<string, string>, desired: ReadonlyMap<string, string>) {
  return {
    set: [...desired].filter(([key, value]) => actual.get(key) !== value),
    remove: [...actual.keys()].filter((key) => !desired.has(key)),
  };
}
