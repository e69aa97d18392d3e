// Entries of the audit log in words.

import type { AuditView } from '#lib/audit/list.ts';
import { formatBytes } from '#lib/bytes.ts';

const ACTIONS: Record<string, string> = {
  'site.limits': 'Set limits',
  'site.hold': 'Held',
  'site.release': 'Released',
  'site.sleep': 'Put to sleep',
  'site.wake': 'Woke',
  'site.delete': 'Deleted',
  'site.plan': 'Changed plan',
  'site.restart': 'Restarted',
  'site.rollback': 'Rolled back',
  'site.redeploy': 'Deployed again',
  'site.rename': 'Renamed',
  'site.credentials': 'Made new secrets of',
  'site.transfer': 'Gave away',
  'site.key-add': 'Added an SSH key to',
  'site.key-remove': 'Removed an SSH key of',
  'site.clone': 'Cloned',
  'site.environment': 'Changed the variables of',
  'site.checkpoint': 'Made a checkpoint of',
  'site.drop-checkpoint': 'Deleted a checkpoint of',
  'site.restore': 'Restored a checkpoint of',
  'site.hold-disk': 'Held the disk of',
  'site.release-disk': 'Released the disk of',
  'site.invite': 'Invited somebody to',
  'site.invite-withdraw': 'Withdrew an invitation to',
  'site.join': 'Joined',
  'site.member-change': 'Changed somebody’s role in',
  'site.member-leave': 'Left',
  'site.member-remove': 'Removed somebody from',
  'domain.add': 'Added a domain to',
  'domain.remove': 'Removed a domain of',
  'alerts.add': 'Added alert channel',
  'alerts.remove': 'Removed alert channel',
  'admin.sign-in': 'Signed in',
  'admin.sign-in-refused': 'Sign-in refused',
  'plan.create': 'Created plan',
  'plan.update': 'Changed plan’s numbers',
  'plan.delete': 'Deleted plan',
  'account.sign-up': 'Made an account',
  'account.sign-in': 'Signed in',
  'account.sign-in-by-link': 'Signed in with a mailed link',
  'account.sign-in-by-github': 'Signed in with GitHub',
  'account.sign-in-refused': 'Sign-in refused',
  'account.sign-out-everywhere': 'Signed out everywhere',
  'account.password': 'Changed the password of',
  'account.email': 'Changed the address to',
  'account.key-add': 'Added an SSH key',
  'account.key-remove': 'Removed an SSH key',
  'account.api-access-add': 'Made an API token',
  'account.api-access-remove': 'Revoked an API token',
  'account.delete': 'Deleted account',
  'user.limits': 'Set user’s totals',
};

export function actionWords(action: string): string {
  return ACTIONS[action] ?? action;
}

/** Of a site whose name needs no saying. */
export function actionWordsOfSite(action: string): string {
  return actionWords(action).replace(/ (of|to|in|from)$/, '$& it');
}

export interface FieldChange {
  field: string;
  before: string;
  after: string;
}

/** What differs between the two, field by field. */
export function changesOf({ before, after }: Pick<AuditView, 'before' | 'after'>): FieldChange[] {
  const [old, next] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(next)])]
    .filter((field) => JSON.stringify(old[field]) !== JSON.stringify(next[field]))
    .map((field) => ({ field: fieldWord(field), before: write(field, old[field]), after: write(field, next[field]) }));
}

function fieldsOf(value: AuditView['before']): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** "diskBytesMax" as "disk". */
function fieldWord(field: string): string {
  return field
    .replace(/(Bytes|Millis)?Max$/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
}

function write(field: string, value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'number' && /Bytes/.test(field)) return formatBytes(value);
  if (typeof value === 'number') return value.toLocaleString('en-US');
  if (Array.isArray(value)) return value.join(', ') || '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
