// Entries of the audit log: who did what to what, and what it was before.

import type { AuditView } from '#lib/audit/list.ts';
import { Link } from '../../_components/link.tsx';
import { ExactTime } from '../../_components/time-text.tsx';
import { actionWords, actionWordsOfSite, changesOf } from './audit-words.ts';

interface AuditListProps {
  entries: AuditView[];
  /** The subject needs no saying. */
  isOfOneSite?: boolean;
}

export function AuditList({ entries, isOfOneSite = false }: AuditListProps) {
  if (entries.length === 0) {
    return (
      <p className="text-sm text-muted">
        {isOfOneSite
          ? 'No admin has changed anything here yet. Whatever one does is written down, and stays.'
          : 'Nothing is written down yet that fits. Whatever an admin or the keeper changes appears here, and stays.'}
      </p>
    );
  }
  return (
    <ul className="flex flex-col divide-y divide-line text-sm" aria-label="Audit log">
      {entries.map((entry) => (
        <li
          key={entry.id}
          className={`grid gap-x-6 gap-y-0.5 py-2.5 first:pt-0 last:pb-0 ${isOfOneSite ? '' : 'sm:grid-cols-[11rem_1fr]'}`}
        >
          <span className="text-xs text-muted sm:pt-0.5">
            <ExactTime at={entry.at} />
          </span>
          <span className="min-w-0 [overflow-wrap:anywhere]">
            <strong className="font-semibold">
              {isOfOneSite ? actionWordsOfSite(entry.action) : actionWords(entry.action)}
            </strong>
            {isOfOneSite ? null : <Subject entry={entry} />}
            <span className="text-muted"> by {actorWords(entry)}</span>
            <Changes entry={entry} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Subject({ entry: { action, subject } }: { entry: AuditView }) {
  if (action.startsWith('admin.')) return null;
  if (!action.startsWith('site.') || action === 'site.delete') return <> {subject}</>;
  return (
    <>
      {' '}
      <Link href={`/admin/sites/${subject}`} className="underline underline-offset-4">
        {subject}
      </Link>
    </>
  );
}

function actorWords({ actor, actorId, actorRole, address }: AuditView): string {
  const who = actor ?? (actorId === null ? `the ${actorRole}` : `${actorRole} ${actorId.slice(-8)}`);
  return address ? `${who} from ${address}` : who;
}

function Changes({ entry }: { entry: AuditView }) {
  const changes = changesOf(entry);
  if (changes.length === 0) return null;
  return (
    <span className="block text-xs text-muted">
      {changes.map(({ field, before, after }) => `${field}: ${before} → ${after}`).join(' · ')}
    </span>
  );
}
