// Commands that look: which sites there are, how one is, and who is asking.

import { type Access, OWNER } from '#lib/sites/access.ts';
import { openedSites, type SeenSite } from '#lib/sites/find.ts';
import { deletedSitesOf } from '#lib/sites/undelete.ts';
import { type SiteView, viewSite } from '#lib/sites/view.ts';
import { mostOf } from '../credentials.ts';
import { readMotdFacts, renderStatus } from '../motd.ts';
import type { Answer, Call, Command } from './command.ts';
import { renderTable, renderTime } from './plain.ts';
import { requireLook, requireNothing, requireSeen, takeOnlySite } from './site-argument.ts';

export const LIST: Command = {
  name: 'ls',
  takes: '',
  summary: 'your sites, and those that are shared with you',
  run: listSites,
};

export const STATUS: Command = {
  name: 'status',
  takes: 'NAME',
  summary: "the site's address, limits and usage",
  run: showStatus,
};

export const WHOAMI: Command = {
  name: 'whoami',
  takes: '',
  summary: 'who you are here, and by what',
  run: tellWho,
};

async function listSites(call: Call): Promise<Answer> {
  requireNothing(call, call.arguments.values);
  const [sites, deleted] = [await sitesOf(call), await deletedOf(call)];
  const { settings } = call.deps;
  const views = sites.map((site) => viewSite(settings, site, site.standing));
  const rows = views.map((view) => [view.name, stateWord(view), view.access, view.address]);
  const gone = deleted.map(
    ({ name, undoUntil }) => `${name} is deleted; until ${renderTime(undoUntil)}: undelete ${name}\n`,
  );
  const none = 'You have no sites here. The command `new` launches one.\n';
  const text = rows.length > 0 ? renderTable([['NAME', 'STATE', 'ACCESS', 'ADDRESS'], ...rows]) : none;
  return {
    text: text + gone.join(''),
    json: {
      sites: views,
      deleted: deleted.map(({ name, undoUntil }) => ({ name, undoUntil: undoUntil.toISOString() })),
    },
  };
}

function stateWord({ state, rest, held }: SiteView): string {
  if (state !== 'live') return state;
  if (held) return 'stopped';
  return rest === 'awake' ? 'live' : 'asleep';
}

/** What the key or the password opens; who signed in with a site's name sees that one. */
async function sitesOf(call: Call): Promise<SeenSite[]> {
  const { deps, identity } = call;
  if (identity.site) return [await requireSeen(call, identity.site.name, 'view')];
  if (identity.credential.kind !== 'key') return [];
  return openedSites(deps.db, await accessesOf(call, identity.credential.fingerprint));
}

async function accessesOf({ deps }: Call, fingerprint: string): Promise<Map<string, Access>> {
  const keys = await deps.sites.keysWith(fingerprint, null);
  const accesses = new Map<string, Access>();
  for (const { siteId, access } of keys) {
    accesses.set(siteId, mostOf([access, accesses.get(siteId) ?? access]) ?? access);
  }
  return accesses;
}

async function deletedOf({ deps, identity, accounts }: Call) {
  if (identity.site) return [];
  const lists = await Promise.all(accounts.map(({ id }) => deletedSitesOf(deps.db, id)));
  return lists.flat();
}

async function showStatus(call: Call): Promise<Answer> {
  const { deps, isJson } = call;
  const name = takeOnlySite(call);
  if (isJson) {
    const seen = await requireSeen(call, name, 'view');
    return { text: '', json: viewSite(deps.settings, seen, seen.standing) };
  }
  const site = await requireLook(call, name, 'view');
  const facts = await readMotdFacts(deps.sites, site.id);
  return { text: `${renderStatus(site, deps.addressOf(site.name), facts, new Date())}\n`, json: null };
}

async function tellWho(call: Call): Promise<Answer> {
  requireNothing(call, call.arguments.values);
  const { identity, accounts } = call;
  const key = identity.credential.kind === 'key' ? identity.credential.fingerprint : null;
  const by = key ? `the key ${key}` : 'the site’s password';
  const emails = accounts.map(({ email }) => email ?? 'an account without an address');
  const json = { account: emails[0] ?? null, accounts: emails, key, site: identity.site?.name ?? null, access: null };
  if (identity.site) {
    const access = identity.credential.kind === 'password' ? OWNER.access : identity.access;
    return {
      text: `You are in the site ${identity.site.name} with ${by}, and may ${WORDS[access]}.\n`,
      json: { ...json, access },
    };
  }
  const [first, other] = emails;
  if (first && !other) return { text: `You are ${first}, with ${by}.\n`, json };
  if (first) return { text: `Several accounts have ${by}: ${emails.join(', ')}.\n`, json };
  const text = identity.visitor?.isNobody
    ? `Nobody knows ${by} yet. The command \`new\` launches a site that it opens.\n`
    : `You are the holder of ${by}, which opens sites and is no account’s.\n`;
  return { text, json };
}

const WORDS: Record<Access, string> = {
  view: 'look at it',
  develop: 'change what it runs',
  own: 'do everything with it',
};
