// `rm` and `undelete`: the end of a site, asked for twice, and the way back while there is one.

import { AppError, siteNotFound } from '#lib/errors/app-error.ts';
import { requestDeleteWithUndo } from '#lib/sites/delete.ts';
import { bringBack, findDeleted } from '#lib/sites/undelete.ts';
import { askLine } from './ask-line.ts';
import { type Answer, type Call, type Command, usageOf } from './command.ts';
import { renderTime } from './plain.ts';
import { requireSeen, takeOnlySite } from './site-argument.ts';
import { usageError } from './usage.ts';

export const REMOVE: Command = {
  name: 'rm',
  takes: 'NAME [--yes | --confirm NAME]',
  summary: 'delete the site with all that is on its disk',
  more: [
    'At a terminal (ssh -t) it asks for the name; without one, --yes or --confirm NAME says that it is meant.',
    'A site of an account can be brought back for a while, with `undelete`.',
  ],
  options: [
    { name: 'yes', short: 'y' },
    { name: 'confirm', value: 'the name of the site' },
  ],
  run: remove,
};

export const UNDELETE: Command = {
  name: 'undelete',
  takes: 'NAME',
  summary: 'bring back a site that you deleted, as it was',
  run: undelete,
};

async function remove(call: Call): Promise<Answer> {
  const { deps, identity } = call;
  const site = await requireSeen(call, takeOnlySite(call), 'own');
  await requireMeant(call, site);
  // The end of the site ends the connections to it, and this one still has an answer to bring.
  identity.isLeaving = true;
  try {
    const until = await requestDeleteWithUndo(deps.db, site, deps.settings.undoHours);
    const how = until
      ? `It can be brought back until ${renderTime(until)}, with an SSH key of your account: undelete ${site.name}`
      : 'It is gone for good.';
    return {
      text: `${site.name} is deleted. ${how}\n`,
      json: { name: site.name, state: 'deleting', undoUntil: until?.toISOString() ?? null },
    };
  } finally {
    setTimeout(() => {
      identity.isLeaving = false;
    }, LEAVE_MS).unref();
  }
}

/** Then the regular look ends what is still open. */
const LEAVE_MS = 5_000;

/** Throws a usage error where nobody can be asked, `bad-confirmation` for another name. */
async function requireMeant(call: Call, { name }: { name: string }): Promise<void> {
  const { arguments: given, isJson, streams } = call;
  const confirmed = given.options.get('confirm');
  if (confirmed === undefined && given.options.has('yes')) return;
  if (confirmed === undefined && (isJson || !streams.isTerminal)) {
    throw usageError(
      `This deletes ${name}: its address, repository, releases, checkpoints and everything on its disk.`,
      `Say that it is meant: rm ${name} --confirm ${name}`,
    );
  }
  const typed = confirmed ?? (await askForName(call, name));
  if (typed === name) return;
  throw new AppError('bad-confirmation', {
    message: `That is not the name of the site, so ${name} stays as it is.`,
    hint: `Type ${name} to delete it. ${usageOf(call.command)}`,
  });
}

async function askForName({ deps, streams }: Call, name: string): Promise<string> {
  streams.say(
    `This deletes ${name} (${deps.addressOf(name)}): its address, repository, releases, checkpoints and everything on its disk.\n`,
  );
  streams.say(`Type ${name} to go on: `);
  return askLine(streams);
}

async function undelete(call: Call): Promise<Answer> {
  const { deps, accounts } = call;
  const name = takeOnlySite(call);
  for (const { id } of accounts) {
    const viewer = { userId: id, role: 'member', token: null } as const;
    const site = await findDeleted({ db: deps.db, settings: deps.settings, viewer }, name);
    if (!site) continue;
    await bringBack(deps.db, site);
    return {
      text: `${site.name} is on its way back: ${deps.addressOf(site.name)}\n`,
      json: { name: site.name, undelete: 'under way' },
    };
  }
  throw siteNotFound();
}
