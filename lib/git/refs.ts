// What a push may do to refs. `main` deploys; other branches and tags are stored; everything else is refused. Git's own
// rules for names (git-check-ref-format) allow `$(id)` and `-x`: ours do not.

import { AppError } from '../errors/app-error.ts';

export interface RefUpdate {
  /** 40 hex digits; NO_OBJECT when the ref is being made. */
  old: string;
  /** 40 hex digits; NO_OBJECT when the ref is being deleted. */
  new: string;
  ref: string;
}

export interface PushPlan {
  /** The update that goes live, if there is one. */
  deploys: RefUpdate | null;
  /** One line for each update that does not. */
  notes: string[];
}

export const NO_OBJECT = '0'.repeat(40);
export const MAIN_REF = 'refs/heads/main';
export const UPDATES_MAX = 10;

const NAME_CHARACTERS_MAX = 200;
const UPDATE = /^([0-9a-f]{40}) ([0-9a-f]{40}) (refs\/\S+)$/u;
/** Letters and digits of any script, and the punctuation that no shell, page or log reads as its own. */
const NAME_PART = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._+@#=,-]*$/u;

/** Reads `OLD NEW REF`. Null when it is something else, or when the name is not UTF-8. */
export function parseUpdate(line: string): RefUpdate | null {
  const match = UPDATE.exec(line);
  if (!match?.[1] || !match[2] || !match[3] || line.includes('\uFFFD')) return null;
  return { old: match[1], new: match[2], ref: match[3] };
}

/** The branch or tag name without its prefix; null when it is in another part of refs/ or not a name we take. */
export function parseRefName(ref: string): { kind: 'branch' | 'tag'; name: string } | null {
  const match = /^refs\/(heads|tags)\/(.+)$/u.exec(ref);
  const name = match?.[2];
  if (!name || name.length > NAME_CHARACTERS_MAX || name === 'HEAD') return null;
  const isFine = name
    .split('/')
    .every((part) => NAME_PART.test(part) && !part.includes('..') && !/\.$|\.lock$/i.test(part));
  return isFine ? { kind: match[1] === 'heads' ? 'branch' : 'tag', name } : null;
}

/** Decides what a push does. Throws `push-refused` when any of it may not be. */
export function planPush(updates: RefUpdate[]): PushPlan {
  if (updates.length > UPDATES_MAX) throw tooManyUpdates();
  const plan: PushPlan = { deploys: null, notes: [] };
  for (const update of updates) {
    const parsed = parseRefName(update.ref);
    if (!parsed) throw refusedName(update.ref);
    const deleted = update.new === NO_OBJECT;
    if (update.ref === MAIN_REF) {
      if (deleted) throw mainDeleted();
      plan.deploys = update;
    } else if (!deleted) {
      plan.notes.push(`The ${parsed.kind} ${parsed.name} is stored. It does not deploy: only main does.`);
    }
  }
  return plan;
}

export function tooManyUpdates(): AppError {
  return new AppError('push-refused', {
    message: `The push changes more than ${UPDATES_MAX} branches and tags at once.`,
    hint: `Push main alone, then the others, at most ${UPDATES_MAX} at a time.`,
  });
}

function refusedName(ref: string): AppError {
  if (/^refs\/(heads|tags)\//.test(ref)) {
    return new AppError('push-refused', {
      message: 'A branch or tag in this push has a name that is not taken here.',
      hint: 'Use letters, digits and . _ - / + @ # = , and start each part with a letter or digit; 200 characters at most.',
      details: { ref },
    });
  }
  return new AppError('push-refused', {
    message: 'The push has a ref that is neither a branch nor a tag.',
    hint: 'Push branches (refs/heads/) and tags (refs/tags/) only.',
    details: { ref },
  });
}

function mainDeleted(): AppError {
  return new AppError('push-refused', {
    message: 'The branch main cannot be deleted: it is what the site serves.',
    hint: 'Push another commit to main instead (git push --force replaces it), or delete the site on its page.',
  });
}
