// The message of the day: where you are, what it may use and uses, until when it lives, and one next step.

import { formatBytes } from '#lib/bytes.ts';
import type { DoorSite, Sites, SiteUsage, SiteVerdict } from './sites.ts';

export interface MotdFacts {
  usage: SiteUsage | null;
  /** What the limits policy says at this moment, the worst first. */
  verdicts: SiteVerdict[];
}

const RETRIED = 'It is tried again by itself.';
const HINT = '  You are root here. What you install stays; your app is in /app/current, its log in /run/log.';

export async function readMotdFacts(sites: Sites, siteId: string): Promise<MotdFacts> {
  const [usage, verdicts] = await Promise.all([sites.usageOf(siteId), sites.verdictsOf(siteId)]);
  return { usage, verdicts };
}

/** Lines end as a raw terminal needs them. */
export function renderMotd(site: DoorSite, address: string, facts: MotdFacts, now: Date): string {
  return `${renderStatus(site, address, facts, now)}\n${HINT}\n\n`.replaceAll('\n', '\r\n');
}

/**
 * No part of it is tenant input but the name, which is a DNS label: the policy's sentences have numbers only, and the
 * reason that an admin gave is cleaned.
 */
export function renderStatus(site: DoorSite, address: string, { usage, verdicts }: MotdFacts, now: Date): string {
  const { limits } = site;
  const isSaid = verdicts.some(({ text }) => text === site.heldFor);
  const used = (value: string | null, limit: string) => (value === null ? limit : `${value} of ${limit}`);
  const lines = [
    '',
    `  ${site.name}   ${address}`,
    '',
    ...(site.failure === null ? [] : [`  ! The launch failed: ${plain(site.failure)}`, `    ${RETRIED}`, '']),
    ...(isSaid || !site.heldFor ? [] : [`  ${plain(site.heldFor)}`, '']),
    `  disk       ${used(usage && formatBytes(usage.diskBytes), formatBytes(limits.diskBytesMax))}`,
    `  memory     ${used(usage && formatBytes(usage.memoryBytes), formatBytes(limits.memoryBytesMax))}`,
    `  processes  ${used(usage && String(usage.pids), String(limits.pidsMax))}`,
    `  CPU        ${formatCores(limits.cpuMillisMax)}`,
    ...(site.expiresAt ? [`  lives until ${formatMinute(site.expiresAt)} (${formatSpan(site.expiresAt, now)})`] : []),
    ...verdicts.flatMap(({ text, hint }) => ['', `  ! ${text}`, `    ${hint}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** An admin's reason is words of his own: nothing in it moves the cursor. */
function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, ' ');
}

function formatCores(millis: number): string {
  const cores = millis / 1_000;
  return `${Number(cores.toFixed(2))} ${cores === 1 ? 'core' : 'cores'}`;
}

function formatMinute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** In the largest unit that is at least two: "3 days", "25 hours", "40 minutes". */
function formatSpan(until: Date, now: Date): string {
  const minutes = Math.max(0, Math.floor((until.getTime() - now.getTime()) / 60_000));
  if (minutes >= 2 * 24 * 60) return `${Math.floor(minutes / (24 * 60))} days left`;
  if (minutes >= 120) return `${Math.floor(minutes / 60)} hours left`;
  return minutes === 1 ? '1 minute left' : `${minutes} minutes left`;
}
