// Where the owner is told about his sites.

import { AlertChannels } from '../../../_components/alert-channels.tsx';
import { Card } from '../../../_components/card.tsx';

export function AlertsCard({ className }: { className?: string }) {
  return (
    <Card title="Alerts" id="alerts" className={className}>
      <AlertChannels
        path="/api/alerts"
        empty="Be told by mail or webhook when one of your sites reaches a limit or a deployment fails."
      />
    </Card>
  );
}
