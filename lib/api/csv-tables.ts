// The tables that an admin can take away: sites with use and limits, the audit log, the events.

import { AUDIT_PAGE_MAX, listAudit } from '../audit/list.ts';
import type { Db } from '../db/client.ts';
import { limitsOf } from '../sites/limits.ts';
import { csvAnswer } from './csv-answer.ts';

const PAGE = 500;

const SITE_HEAD = [
  ...['name', 'state', 'rest', 'held_by', 'held_for', 'owner_id', 'owner_role', 'plan', 'verdicts'],
  ...['disk_bytes', 'disk_bytes_max', 'inodes', 'inodes_max', 'memory_bytes', 'memory_bytes_max'],
  ...['processes', 'processes_max', 'cpu_millis', 'cpu_millis_max', 'requests_per_minute', 'p95_millis'],
  ...['read_at', 'created_at', 'claimed_at', 'expires_at'],
];

export function sitesCsv(db: Db): Response {
  return csvAnswer<string>('sites', SITE_HEAD, async (after) => {
    const sites = await db.site.findMany({
      where: after === null ? {} : { name: { gt: after } },
      include: { plan: true, usage: true, owner: { select: { role: true } }, verdicts: true },
      orderBy: { name: 'asc' },
      take: PAGE,
    });
    const rows = sites.map((site) => {
      const { usage, verdicts } = site;
      const limits = limitsOf(site);
      const said = verdicts.map(({ kind, level }) => `${kind}:${level}`).join(' ');
      return [
        ...[site.name, site.state, site.rest, site.heldBy, site.heldFor, site.ownerId, site.owner?.role],
        ...[site.planName, said, usage?.diskBytes, limits.diskBytesMax, usage?.inodes, limits.inodesMax],
        ...[usage?.memoryBytes, limits.memoryBytesMax, usage?.pids, limits.pidsMax],
        ...[usage?.cpuMillis, limits.cpuMillisMax, usage?.requestsPerMinute, usage?.p95Millis],
        ...[usage?.readAt, site.createdAt, site.claimedAt, site.expiresAt],
      ];
    });
    return { rows, cursor: sites.length < PAGE ? null : (sites.at(-1)?.name ?? null) };
  });
}

const AUDIT_HEAD = ['at', 'actor', 'actor_id', 'actor_role', 'address', 'action', 'subject', 'before', 'after'];

/** Newest first. */
export function auditCsv(db: Db): Response {
  return csvAnswer<string>('audit', AUDIT_HEAD, async (cursor) => {
    const page = await listAudit(db, { cursor, take: AUDIT_PAGE_MAX });
    const rows = page.entries.map((entry) => [
      ...[entry.at, entry.actor, entry.actorId, entry.actorRole, entry.address, entry.action, entry.subject],
      ...[entry.before, entry.after].map((value) => (value === null ? null : JSON.stringify(value))),
    ]);
    return { rows, cursor: page.cursor };
  });
}

/** Newest first. */
export function eventsCsv(db: Db): Response {
  return csvAnswer<string>('events', ['at', 'site', 'kind', 'level', 'text'], async (before) => {
    const events = await db.event.findMany({
      where: before === null ? {} : { id: { lt: before } },
      include: { site: { select: { name: true } } },
      orderBy: { id: 'desc' },
      take: PAGE,
    });
    const rows = events.map(({ at, site, kind, level, text }) => [at, site?.name, kind, level, text]);
    return { rows, cursor: events.length < PAGE ? null : (events.at(-1)?.id ?? null) };
  });
}
