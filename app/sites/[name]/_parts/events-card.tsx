// What happened to the site lately, in the sentences that the limits policy wrote.

import type { SiteView } from '#lib/sites/view.ts';
import { Card } from '../../../_components/card.tsx';
import { RelativeTime } from '../../../_components/time-text.tsx';

const SHOWN_MAX = 5;

export function EventsCard({ events, className }: { events: SiteView['events']; className?: string }) {
  if (events.length === 0) return null;
  return (
    <Card title="What happened" id="events" className={className}>
      <ul className="flex flex-col gap-3 text-sm">
        {events.slice(0, SHOWN_MAX).map(({ kind, level, text, at }) => (
          <li key={`${at} ${kind}`} data-testid={`event-${kind}`} data-level={level}>
            {text}{' '}
            <span className="whitespace-nowrap text-xs text-muted">
              <RelativeTime at={at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
