// Opens a login shell in a site's container for a browser: as an SSH session, it wakes the site and keeps it awake.

import type { Engine } from '#lib/engine/engine.ts';
import { siteNotFound } from '#lib/errors/app-error.ts';
import type { TerminalSize } from '#lib/terminal/protocol.ts';
import type { Activity } from '../ssh/activity.ts';
import { loginEnvironment } from '../ssh/environment.ts';
import type { Gate } from '../ssh/gate.ts';
import { type Ledger, TOKEN_VARIABLE } from '../ssh/leftovers.ts';
import { readMotdFacts, renderMotd } from '../ssh/motd.ts';
import { siteVariables, type VariablesDeps } from '../ssh/site-variables.ts';
import type { Sites } from '../ssh/sites.ts';
import { createShell, type Shell } from './shell.ts';

export interface OpenShellDeps extends VariablesDeps {
  engine: Pick<Engine, 'exec'>;
  sites: Sites;
  openings: Gate;
  ledger: Ledger;
  activity: Pick<Activity, 'begin' | 'end'>;
  addressOf: (siteName: string) => string;
}

const LOOKS = new Map([
  ['TERM', 'xterm-256color'],
  ['COLORTERM', 'truecolor'],
]);

export async function openShell(
  deps: OpenShellDeps,
  siteId: string,
  terminal: TerminalSize,
  onWait: () => void,
): Promise<Shell> {
  const { engine, sites, openings, ledger, activity } = deps;
  const leave = await ledger.enter(siteId);
  const end = async () => {
    await leave();
    await activity.end(siteId);
  };
  try {
    await activity.begin(siteId, onWait);
    const [site, facts] = await Promise.all([sites.findById(siteId), readMotdFacts(sites, siteId)]);
    if (!site) throw siteNotFound();
    const variables = await siteVariables(deps, siteId);
    const env = { ...variables, ...loginEnvironment(LOOKS), [TOKEN_VARIABLE]: ledger.token };
    const request = { command: ['/bin/bash', '-l'], env, workingDir: '/root', terminal };
    const exec = await openings.through(siteId, () => engine.exec(siteId, request));
    const shell = createShell(exec, renderMotd(site, deps.addressOf(site.name), facts, new Date()));
    void shell.over.then(end);
    return shell;
  } catch (error) {
    await end();
    throw error;
  }
}
