// `npm run doctor`: what runs, what does not and what to do; and whether the limits are the kernel's.

import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatBytes } from '#lib/bytes.ts';
import { parseSettings, type Settings } from '#lib/env.ts';
import { firewallTable } from '#lib/network/elements.ts';
import { createNftNetwork } from '#lib/network/nft.ts';
import { asksDatabase, engineAnswers, gitAnswers, sshAnswers, webAnswers } from './answers.ts';
import { exitWith, requireRoot } from './command.ts';
import { lastingDifferences } from './compare-state.ts';
import { hasFirewall } from './firewall.ts';
import { expectedServices } from './instance.ts';
import { PACKAGES } from './packages.ts';
import { poolState } from './pool.ts';
import { takenPorts } from './ports.ts';
import { runCommand } from './run-command.ts';
import { isRunning, serviceStates } from './supervisor.ts';
import { lowSysctls } from './sysctls.ts';
import { envDir } from './variables.ts';

const STATE_MS = 20_000;
const STATE_LINES = 10;

interface Finding {
  what: string;
  ok: boolean;
  detail: string;
  /** What to do when it is not well. */
  hint: string;
}

await exitWith(async () => {
  requireRoot('doctor');
  const settings = parseSettings(process.env);
  const findings = [
    await checkPackages(),
    await checkMemoryLimits(),
    await checkProcessLimits(),
    await checkDisk(settings),
    await checkPorts(settings),
    ...(await checkServices(settings)),
    await checkDatabase(settings),
    await checkEngine(settings),
    await checkFirewall(settings),
    await checkNetworkLimits(settings),
    await checkState(settings),
    await checkWayOut(settings),
    await checkCeilings(),
    await checkWeb(settings),
    await checkDoors(settings),
  ];
  for (const { what, ok, detail, hint } of findings) {
    process.stdout.write(
      `${ok ? 'ok  ' : 'BAD '} ${what.padEnd(16)} ${detail}\n${ok ? '' : `${' '.repeat(22)}→ ${hint}\n`}`,
    );
  }
  const bad = findings.filter(({ ok }) => !ok).length;
  process.stdout.write(bad === 0 ? '\nAll is well.\n' : `\n${bad} of ${findings.length} need attention.\n`);
  if (bad > 0) process.exitCode = 1;
});

async function checkPackages(): Promise<Finding> {
  const missing: string[] = [];
  for (const [name, program] of Object.entries(PACKAGES)) if (!(await exists(program))) missing.push(name);
  const detail = missing.length === 0 ? `${Object.keys(PACKAGES).length} installed` : `missing: ${missing.join(', ')}`;
  return { what: 'packages', ok: missing.length === 0, detail, hint: 'npm run up installs them.' };
}

async function checkMemoryLimits(): Promise<Finding> {
  const v2 = await exists('/sys/fs/cgroup/cgroup.controllers');
  const ok = v2 || (await exists('/sys/fs/cgroup/memory/memory.limit_in_bytes'));
  const detail = ok ? `the kernel's (cgroup v${v2 ? 2 : 1})` : 'no memory controller';
  const hint = 'Boot with cgroup_enable=memory; without it one site can take all memory.';
  return { what: 'memory limit', ok, detail, hint };
}

async function checkProcessLimits(): Promise<Finding> {
  const controllers = (await readText('/sys/fs/cgroup/cgroup.controllers')) + (await readText('/proc/cgroups'));
  const ok = /\bpids\b/.test(controllers) && /\bcpu\b/.test(controllers);
  const hint = 'Use a kernel with the pids and cpu controllers.';
  return { what: 'pids, CPU limit', ok, detail: ok ? "the kernel's" : 'a controller is missing', hint };
}

async function checkDisk(settings: Settings): Promise<Finding> {
  const state = await poolState(settings);
  const hint = 'npm run up makes and mounts the pool.';
  if (!state) return { what: 'disk limit', ok: false, detail: 'there is no pool yet', hint };
  const free = `${formatBytes(state.bytesFree)} of ${formatBytes(state.bytes)} free`;
  const detail = `${state.hard ? "the kernel's" : 'soft'} (${state.kind}), ${free}. ${state.reason}`;
  return { what: 'disk limit', ok: state.mounted && state.hard, detail, hint };
}

async function checkPorts(settings: Settings): Promise<Finding> {
  const [taken] = await takenPorts(settings).catch(() => []); // Without ss the packages are missing, as said above.
  const hint = taken?.hint ?? '';
  return { what: 'ports', ok: !taken, detail: taken?.message ?? 'free, or our own', hint };
}

async function checkServices(settings: Settings): Promise<Finding[]> {
  const hint = `npm run up starts it; its log is in ${settings.paths.log}.`;
  if (!(await isRunning(settings))) {
    return [{ what: 'supervisor', ok: false, detail: 'not running', hint: 'npm run up starts everything.' }];
  }
  const states = new Map((await serviceStates(settings)).map((state) => [state.name, state]));
  return expectedServices(settings).map((name) => {
    const state = states.get(name);
    const detail = state?.up ? `pid ${state.pid}, up ${state.seconds} s` : 'down';
    return { what: name, ok: state?.up ?? false, detail, hint };
  });
}

async function checkDatabase(settings: Settings): Promise<Finding> {
  const url = settings.databaseUrl ?? (await readText(path.join(envDir(settings), 'DATABASE_URL')));
  const sql = `select count(*) filter (where "ownerId" is null)::text as ready, count(*)::text as sites from "Site" where state = 'live'`;
  const rows = url ? await asksDatabase(url, sql) : null;
  const detail = rows
    ? `answers; ${rows[0]?.sites ?? 0} sites live, ${rows[0]?.ready ?? 0} of them ready for a click`
    : 'does not answer';
  return { what: 'database', ok: rows !== null, detail, hint: 'See the log of postgres, or DATABASE_URL.' };
}

async function checkEngine(settings: Settings): Promise<Finding> {
  const ok = await engineAnswers(settings);
  return { what: 'engine socket', ok, detail: ok ? 'answers' : 'does not answer', hint: 'See the log of engine.' };
}

async function checkFirewall(settings: Settings): Promise<Finding> {
  const ok = await hasFirewall(settings).catch(() => false);
  const detail = ok ? 'sites reach neither each other nor this host' : 'its tables are missing';
  return { what: 'firewall', ok, detail, hint: 'npm run up puts them back.' };
}

/** Without an element of its own a site has the strictest limits. */
async function checkNetworkLimits(settings: Settings): Promise<Finding> {
  const url = settings.databaseUrl ?? (await readText(path.join(envDir(settings), 'DATABASE_URL')));
  const sql = `select name, address from "Site" where state = 'live' and rest <> 'stopped' and "heldBy" is null and address is not null`;
  const sites = url ? await asksDatabase(url, sql) : null;
  const network = createNftNetwork(firewallTable(settings.instance));
  const inForce = await network.list().catch(() => new Map());
  const without = (sites ?? []).filter(({ address }) => !inForce.has(address ?? ''));
  const detail =
    without.length === 0
      ? `the kernel's, of ${inForce.size} sites`
      : `the strictest hold for ${without.length} sites, such as ${without[0]?.name}`;
  const hint = `The deploy worker puts them back within 10 s; else see ${settings.paths.log}/deploy.`;
  return { what: 'network limits', ok: without.length === 0, detail, hint };
}

/** What the workers put right by themselves is given time: they look over everything every 10 s. */
async function checkState(settings: Settings): Promise<Finding> {
  const lasting = await lastingDifferences(settings, STATE_MS);
  const told = lasting.slice(0, STATE_LINES).map((line) => `\n${' '.repeat(22)}${line}`);
  const more = lasting.length > STATE_LINES ? `\n${' '.repeat(22)}and ${lasting.length - STATE_LINES} more` : '';
  const detail =
    lasting.length === 0
      ? 'containers, disks, limits and routes are what the rows want'
      : `${lasting.length} differences from what the rows want${told.join('')}${more}`;
  const hint = `The deploy worker puts them right; why it does not is in ${settings.paths.log}/deploy.`;
  return { what: 'state', ok: lasting.length === 0, detail, hint };
}

/** Counters that one site could otherwise use up for all. */
async function checkCeilings(): Promise<Finding> {
  const low = await lowSysctls();
  const detail = low.length === 0 ? 'one site cannot use them up' : `too low: ${low.join(', ')}`;
  const hint = 'npm run up raises them; where it may not, set them with sysctl(8).';
  return { what: 'kernel counters', ok: low.length === 0, detail, hint };
}

/** Another Docker, or a firewall of the operator's, may drop what it does not know. */
async function checkWayOut(settings: Settings): Promise<Finding> {
  const bridge = `lk-${settings.instance}`;
  const rules = await runCommand('iptables', ['-S']).then(
    ({ stdout }) => stdout,
    () => '', // Without iptables it drops nothing.
  );
  const isCut = /^-P FORWARD DROP$/m.test(rules) && !rules.includes(`-i ${bridge} -j ACCEPT`);
  const detail = isCut ? "this host's own firewall drops what sites send to the internet" : 'sites reach the internet';
  const hint = `iptables -I FORWARD -i ${bridge} -j ACCEPT; iptables -I FORWARD -o ${bridge} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT`;
  return { what: 'way out', ok: !isCut, detail, hint };
}

async function checkWeb(settings: Settings): Promise<Finding> {
  const ok = await webAnswers(settings);
  return {
    what: 'site',
    ok,
    detail: `${settings.appUrl} ${ok ? 'answers' : 'does not answer'}`,
    hint: 'See the logs of web and haproxy.',
  };
}

async function checkDoors(settings: Settings): Promise<Finding> {
  const [git, ssh] = await Promise.all([gitAnswers(settings), sshAnswers(settings)]);
  const silent = [...(git ? [] : ['git over HTTP']), ...(ssh ? [] : ['SSH'])];
  return {
    what: 'git and SSH',
    ok: silent.length === 0,
    detail: silent.length === 0 ? 'answer' : `${silent.join(' and ')} does not answer`,
    hint: 'See the logs of git-http and ssh.',
  };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
