// The process that parses repositories for pages. It loads its code as root, because the checkout may be readable by
// nobody else, and gives root up before it is asked anything. Its parent bounds its memory and its time.

import { readCommits, readPath } from '#lib/git/history.ts';
import type { HistoryQuestion } from './history-question.ts';

export interface ReaderRequest {
  id: number;
  repository: string;
  question: HistoryQuestion;
}

/** `result` null: there is no such thing. */
export type ReaderAnswer = { id: number; result: unknown } | { id: number; fault: string };

const [uid, gid] = process.argv.slice(2).map(Number);
dropRoot(uid, gid);

process.on('message', (request: ReaderRequest) => {
  read(request).then(
    (result) => send({ id: request.id, result }),
    (cause: unknown) => send({ id: request.id, fault: String(cause) }),
  );
});
process.on('disconnect', () => process.exit(0));

async function read({ repository, question }: ReaderRequest): Promise<unknown> {
  if (question.kind === 'commits') return { commits: await readCommits(repository, question.limit) };
  return readPath(repository, question.path, question.commit);
}

function send(answer: ReaderAnswer): void {
  process.send?.(answer);
}

function dropRoot(toUid: number | undefined, toGid: number | undefined): void {
  if (!toUid || !toGid || !process.setgroups || !process.setgid || !process.setuid) process.exit(78);
  process.setgroups([]);
  process.setgid(toGid);
  process.setuid(toUid);
  if (process.getuid?.() !== toUid) process.exit(78);
}
