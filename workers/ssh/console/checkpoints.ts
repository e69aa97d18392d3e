// `checkpoint`: the snapshots of a site's disk. Lookers see them, developers make them, owners go back to one.

import { formatBytes } from '#lib/bytes.ts';
import { parseCheckpointId } from '#lib/checkpoints/id.ts';
import { requestCheckpoint, requestRestore } from '#lib/checkpoints/request.ts';
import { type CheckpointList, type CheckpointView, listCheckpoints, viewCheckpoint } from '#lib/checkpoints/view.ts';
import { type Answer, type Call, type Command, usageOf } from './command.ts';
import { nearest } from './nearest.ts';
import { renderTable, renderTime, shown } from './plain.ts';
import { requireNothing, requireSeen, takeSite } from './site-argument.ts';
import { usageError } from './usage.ts';

const VERBS = ['ls', 'create', 'restore'];

export const CHECKPOINT: Command = {
  name: 'checkpoint',
  takes: 'NAME [ls | create [LABEL] | restore ID]',
  summary: 'snapshots of the whole disk: list, make, go back',
  more: [
    'Going back keeps what is there now as a checkpoint of its own; where the disk has no room for that,',
    '--without-undo says that it may go.',
  ],
  options: [{ name: 'without-undo' }],
  verbs: VERBS,
  run: (call) => {
    const { name, rest } = takeSite(call);
    const [verb = 'ls', ...words] = rest;
    if (verb === 'ls') return list(call, name, words);
    if (verb === 'create') return create(call, name, words);
    if (verb === 'restore') return restore(call, name, words);
    const near = nearest(verb, VERBS);
    throw usageError(
      `${shown(verb)} is nothing to do with checkpoints.`,
      near ? `Did you mean \`${near}\`?` : usageOf(call.command),
    );
  },
};

async function list(call: Call, name: string, words: string[]): Promise<Answer> {
  requireNothing(call, words);
  const site = await requireSeen(call, name, 'view');
  const found = await listCheckpoints(call.deps.db, site);
  return { text: renderList(site.name, found), json: { name: site.name, ...found } };
}

/** The words after `create` are the label. */
async function create(call: Call, name: string, words: string[]): Promise<Answer> {
  const site = await requireSeen(call, name, 'develop');
  const made = viewCheckpoint(await requestCheckpoint(call.deps.db, site, words.join(' ') || null));
  return {
    text: `A checkpoint of ${site.name} is being made: ${made.id}\n`,
    json: { name: site.name, checkpoint: made },
  };
}

async function restore(call: Call, name: string, words: string[]): Promise<Answer> {
  const [id, ...rest] = words;
  if (id === undefined) throw usageError('Which checkpoint? `restore` needs its id.', usageOf(call.command));
  requireNothing(call, rest);
  const site = await requireSeen(call, name, 'own');
  const withoutUndo = call.arguments.options.has('without-undo');
  const { undo } = await requestRestore(call.deps.db, site, parseCheckpointId(id), { withoutUndo });
  const way = undo
    ? 'What was there is kept as a checkpoint of its own.'
    : 'What was there is not kept: the disk has no room for it.';
  return {
    text: `${site.name} is being taken back. ${way}\n`,
    json: { name: site.name, restore: 'under way', undo },
  };
}

function renderList(name: string, { checkpoints }: CheckpointList): string {
  if (checkpoints.length === 0) return `${name} has no checkpoints. \`checkpoint ${name} create\` makes one.\n`;
  const rows = checkpoints.map((one) => [
    one.id,
    renderTime(one.createdAt),
    one.status,
    heldBy(one),
    one.label ?? `(${one.cause})`,
  ]);
  return renderTable([['ID', 'MADE', 'STATUS', 'HOLDS', 'LABEL'], ...rows]);
}

function heldBy({ heldBytes }: CheckpointView): string {
  return heldBytes === null ? '?' : formatBytes(heldBytes);
}
