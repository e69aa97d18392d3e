// `new`: a launch from the command line, told step by step until the site answers. With a key that nobody knows it is a
// guest's, and the site takes that key.

import { AppError } from '#lib/errors/app-error.ts';
import { OWNER } from '#lib/sites/access.ts';
import { launch } from '#lib/sites/launch.ts';
import { type SiteView, viewSite } from '#lib/sites/view.ts';
import type { UpstreamWish } from '#lib/upstream/change.ts';
import { parseBranch, parseRepositoryUrl } from '#lib/upstream/url.ts';
import { accessWith } from '../credentials.ts';
import { awaitFetched, awaitLive } from './await-launch.ts';
import { type Answer, type Call, type Command, usageOf } from './command.ts';
import { renderTable, renderTime } from './plain.ts';
import { requireNothing } from './site-argument.ts';
import { usageError } from './usage.ts';

export const NEW_SITE: Command = {
  name: 'new',
  takes: '[--name NAME] [--repo URL [--branch B]]',
  summary: 'launch a site, and wait until it is live',
  more: [
    '--name NAME   a name of your choice; without it you get one',
    '--repo URL    a public repository that it serves and follows, over https',
    '--branch B    of that repository; without it the default one',
  ],
  options: [
    { name: 'name', value: 'a name' },
    { name: 'repo', value: 'the address of a repository' },
    { name: 'branch', value: 'the name of a branch' },
  ],
  run: launchSite,
};

async function launchSite(call: Call): Promise<Answer> {
  const { deps, identity, isJson, streams } = call;
  requireNothing(call, call.arguments.values);
  const upstream = wantedUpstream(call);
  const name = call.arguments.options.get('name') ?? null;
  const account = requireLauncher(call);
  const key = identity.visitor?.key ?? null;
  const launched = await launch(deps, {
    owner: account && { id: account.id },
    name,
    address: call.address,
    key: account || !key ? null : launchKeyOf(key.fingerprint),
    upstream,
    publicKey: account ? null : key,
  });
  const tell = (text: string) => {
    if (!isJson) streams.say(text);
  };
  if (launched.created) tell(`Launching ${launched.site.name}${account?.email ? ` for ${account.email}` : ''} …\n`);
  else await requireStillOpen(call, launched.site, upstream);
  await awaitLive(deps.db, launched.site.id, streams.over, (step) => tell(`  ${step}\n`));
  if (upstream) tell(`Fetching ${upstream.url} …\n`);
  const site = await awaitFetched(deps.db, launched.site.id, streams.over);
  const view = viewSite(deps.settings, site, OWNER);
  return { text: renderLaunched(view, launched.created), json: { created: launched.created, ...view } };
}

function wantedUpstream({ arguments: { options }, command }: Call): UpstreamWish | null {
  const url = options.get('repo');
  if (url !== undefined) return { url: parseRepositoryUrl(url), branch: parseBranch(options.get('branch')) };
  if (options.has('branch'))
    throw usageError('A branch is one of a repository: --branch needs --repo.', usageOf(command));
  return null;
}

/** The account it is for; null: a guest's. Throws `not-allowed`. */
function requireLauncher({ identity, accounts }: Call) {
  if (!identity.visitor) {
    throw new AppError('not-allowed', {
      message: `You are signed in as ${identity.user}, which launches no sites.`,
      hint: 'Launch with an SSH key, as console: ssh -p PORT console@HOST new',
    });
  }
  const [account = null, other] = accounts;
  if (!other) return account;
  throw new AppError('not-allowed', {
    message: 'Several accounts have this SSH key, so it is not clear whose the site would be.',
    hint: 'Remove the key from all of them but one, on the page of the account.',
  });
}

/**
 * Who holds the key is the same guest again, as a browser with its cookie is. With blanks, so that no Idempotency-Key of
 * an HTTP launch can be it.
 */
function launchKeyOf(fingerprint: string): string {
  return `by the ssh key ${fingerprint}`;
}

/** The guest's site from before: whoever owns it by now may have taken the key away. */
async function requireStillOpen(
  { deps, identity }: Call,
  site: { id: string; name: string; ownerId: string | null; sealedPassword: string },
  upstream: UpstreamWish | null,
): Promise<void> {
  const { id, ownerId, sealedPassword } = site;
  const access = await accessWith(deps, { id, isOwned: ownerId !== null, sealedPassword }, identity.credential);
  if (access !== 'own') {
    throw new AppError('not-allowed', {
      message: 'The site that this key launched does not take it any more.',
      hint: 'Launch with another key, or add this one to an account.',
    });
  }
  if (!upstream) return;
  throw new AppError('too-many-sites', {
    message: `You have a site already, ${site.name}, and a guest has one.`,
    hint: 'Delete it to launch another, or add this key to an account, which may have more.',
  });
}

function renderLaunched({ name, address, git, ssh, expiresAt }: SiteView, isNew: boolean): string {
  const rows = [
    ['  address', address],
    ['  git', git.ssh],
    ['  shell', ssh.command],
    ...(expiresAt ? [['  lives until', renderTime(expiresAt)]] : []),
  ];
  return `${name} is live${isNew ? '' : ', from before'}.\n${renderTable(rows)}`;
}
