// What the keeper, the workers and the admins said about the site.

import type { AdminSite } from '#lib/admin/site.ts';
import { ExactTime } from '../../../_components/time-text.tsx';
import { verdictColour } from '../verdict-words.ts';

export function EventList({ events }: { events: AdminSite['events'] }) {
  if (events.length === 0) {
    return <p className="text-sm text-muted">Nothing yet. Limits that are reached, holds and sleeps are told here.</p>;
  }
  return (
    <ul className="flex max-h-96 flex-col gap-3 overflow-y-auto text-sm" aria-label="Events">
      {events.map(({ id, level, text, at }) => (
        <li key={id} className="flex gap-2.5">
          <span aria-hidden="true" className={`mt-1.5 size-2.5 shrink-0 rounded-full ${verdictColour({ level })}`}>
            <span className="block size-full rounded-full border-2 border-current" />
          </span>
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {text}
            <span className="block text-xs text-muted">
              <ExactTime at={at} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
