// The web process's questions about repositories, asked of the git worker over its Unix socket: this process can read no
// repository itself. Answers are bounded in time and size, and checked, because a tenant wrote what is in them.

import { request } from 'node:http';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';

const TIMEOUT_MS = 8_000;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

const COMMITS = z.object({
  commits: z.array(z.object({ id: z.string(), subject: z.string(), author: z.string(), at: z.iso.datetime() })),
});
const FOLDER = z.object({
  kind: z.literal('folder'),
  path: z.string(),
  entries: z.array(z.object({ name: z.string(), kind: z.enum(['folder', 'file', 'link', 'submodule']) })),
  entriesMore: z.int(),
});
const FILE = z.object({
  kind: z.literal('file'),
  path: z.string(),
  bytes: z.int(),
  binary: z.boolean(),
  text: z.string().nullable(),
  truncated: z.boolean(),
});
const FOLDER_OR_FILE = z.discriminatedUnion('kind', [FOLDER, FILE]);

export type CommitList = z.infer<typeof COMMITS>;
export type FolderOrFile = z.infer<typeof FOLDER_OR_FILE>;

/** The newest commits of main, newest first. Throws `interrupted` when the git worker is away. */
export async function readCommits(socket: string, siteId: string): Promise<CommitList> {
  return COMMITS.parse(await ask(socket, `/sites/${siteId}/commits?limit=20`));
}

/** What is at a path of main; '' is the top. Throws `not-found`, `interrupted`. */
export async function readPath(socket: string, siteId: string, path: string): Promise<FolderOrFile> {
  return FOLDER_OR_FILE.parse(await ask(socket, `/sites/${siteId}/files?path=${encodeURIComponent(path)}`));
}

async function ask(socketPath: string, path: string): Promise<unknown> {
  const { status, body } = await get(socketPath, path).catch((cause: unknown) => {
    throw away(cause);
  });
  if (status === 404) {
    throw new AppError('not-found', {
      message: 'There is nothing at this path of main.',
      hint: 'Start at the top again.',
    });
  }
  if (status !== 200) throw away(`status ${status}`);
  return JSON.parse(body);
}

function get(socketPath: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, signal: AbortSignal.timeout(TIMEOUT_MS) }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > ANSWER_BYTES_MAX) asked.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

function away(cause: unknown): AppError {
  return new AppError('interrupted', {
    message: 'The repository cannot be read right now.',
    hint: 'Try again in a few seconds.',
    cause,
  });
}
