// What is known of a channel and of an event when alerts are planned, and who hears of what.

import { rankOf } from '../limits/levels.ts';

export const ALERT_LEVELS = ['warn', 'critical', 'over'] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];

export const ALERT_KINDS = ['email', 'slack', 'webhook'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** An event that may have to be told: the sentence that the page shows. */
export interface TellableEvent {
  id: string;
  /** Null: about the machine. */
  siteId: string | null;
  /** The site's name; null: about the machine. */
  site: string | null;
  ownerId: string | null;
  kind: string;
  level: string;
  text: string;
  at: Date;
}

export interface Listener {
  /** Null: the admins'. */
  ownerId: string | null;
  level: string;
}

/** Told at every level: what ends a site, or did not come about. */
const ALWAYS = new Set(['deployment-failed', 'expiry']);

/** Whether the channel is to be told. The admins' hear of everything, a user's of what is his. Pure. */
export function hears(channel: Listener, event: Pick<TellableEvent, 'ownerId' | 'kind' | 'level'>): boolean {
  if (channel.ownerId !== null && channel.ownerId !== event.ownerId) return false;
  const rank = rankOf(event.level);
  return rank > 0 && (ALWAYS.has(event.kind) || rank >= rankOf(channel.level));
}

/** What is grouped together. */
export function groupOf(event: Pick<TellableEvent, 'siteId' | 'kind'>): string {
  return `${event.siteId ?? 'machine'}:${event.kind}`;
}
