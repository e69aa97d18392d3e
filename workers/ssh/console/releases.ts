// `rollback` and `restart`: what a site runs.

import { requestRestart } from '#lib/sites/restart.ts';
import type { Answer, Call, Command } from './command.ts';
import { askerWords, requireOpen, requireSeen, takeOnlySite } from './site-argument.ts';

export const ROLLBACK: Command = {
  name: 'rollback',
  takes: 'NAME',
  summary: 'serve the release before this one again',
  run: rollBack,
};

export const RESTART: Command = {
  name: 'restart',
  takes: 'NAME',
  summary: 'end all that runs in the site, and start it again; files stay',
  run: restart,
};

async function rollBack(call: Call): Promise<Answer> {
  const { deps, streams } = call;
  const site = await requireOpen(call, takeOnlySite(call), 'develop');
  const message = await deps.requestRollback(site, await askerWords(call, site), streams.over);
  return { text: `${message}\n`, json: { name: site.name, rollback: 'previous', message } };
}

async function restart(call: Call): Promise<Answer> {
  const site = await requireSeen(call, takeOnlySite(call), 'develop');
  await requestRestart(call.deps.db, site);
  return { text: `${site.name} is being restarted.\n`, json: { name: site.name, restart: 'under way' } };
}
