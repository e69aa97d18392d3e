// Git's objects as bytes (gitformat-pack): what a commit of ours consists of, and the pack that carries it. Pure.

import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

export interface GitObject {
  kind: 'commit' | 'tree' | 'blob';
  body: Buffer;
  /** 40 hex digits. */
  id: string;
}

/** One line of a tree. The name is bytes, written as latin1: what a tenant named in another encoding stays as it is. */
export interface TreeLine {
  /** Octal, without leading zeros. */
  mode: string;
  name: string;
  id: string;
}

export interface Signature {
  name: string;
  email: string;
  at: Date;
}

export const FOLDER_MODE = '40000';

const PACK_KINDS: Record<GitObject['kind'], number> = { commit: 1, tree: 2, blob: 3 };

export function encodeObject(kind: GitObject['kind'], body: Buffer): GitObject {
  const id = createHash('sha1').update(`${kind} ${body.length}\0`).update(body).digest('hex');
  return { kind, body, id };
}

/** In git's order: by bytes, a folder as if its name ended with a slash. */
export function encodeTree(lines: TreeLine[]): GitObject {
  const order = ({ mode, name }: TreeLine) => Buffer.from(mode === FOLDER_MODE ? `${name}/` : name, 'latin1');
  const sorted = [...lines].sort((a, b) => Buffer.compare(order(a), order(b)));
  const parts = sorted.flatMap(({ mode, name, id }) => [
    Buffer.from(`${mode} ${name}\0`, 'latin1'),
    Buffer.from(id, 'hex'),
  ]);
  return encodeObject('tree', Buffer.concat(parts));
}

export function encodeCommit(tree: string, parent: string, by: Signature, message: string): GitObject {
  const who = `${signatureText(by.name)} <${signatureText(by.email)}> ${Math.floor(by.at.getTime() / 1000)} +0000`;
  const head = [`tree ${tree}`, `parent ${parent}`, `author ${who}`, `committer ${who}`];
  return encodeObject('commit', Buffer.from(`${head.join('\n')}\n\n${message.trim()}\n`));
}

/** A pack of whole objects, without deltas. */
export function encodePack(objects: GitObject[]): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects.length, 8);
  const body = Buffer.concat([
    header,
    ...objects.flatMap(({ kind, body }) => [entryHeader(PACK_KINDS[kind], body.length), deflateSync(body)]),
  ]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

/** Three bits of kind and a size: four bits first, then seven a byte, the lowest first. */
function entryHeader(kind: number, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (kind << 4) | (size & 15);
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 128);
    byte = rest & 127;
  }
  return Buffer.from([...bytes, byte]);
}

/** Git's own marks between the parts of a signature cannot be part of one. */
function signatureText(text: string): string {
  return text.replace(/[<>\p{Cc}]/gu, '').trim();
}
