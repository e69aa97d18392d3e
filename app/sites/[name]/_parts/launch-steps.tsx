// A launch as it happens: what the workers tell, one line a step.

import { Check, LoaderCircle } from 'lucide-react';
import type { SiteView } from '#lib/sites/view.ts';
import { Card } from '../../../_components/card.tsx';

export function LaunchSteps({ state, steps }: { state: SiteView['state']; steps: string[] }) {
  const isUnderWay = state === 'launching';
  if (!isUnderWay && steps.length === 0) return null;
  return (
    <Card title={isUnderWay ? 'Your site is on its way' : 'What was done so far'} id="launch-steps">
      <ol className="flex flex-col gap-3 text-sm" aria-live="polite" data-testid="launch-steps">
        {steps.map((step) => (
          <li key={step} className="flex items-start gap-3">
            <Check className="mt-0.5 size-5 shrink-0 text-good" aria-hidden="true" />
            {step}
          </li>
        ))}
        {isUnderWay ? (
          <li className="flex items-start gap-3 text-muted">
            <LoaderCircle className="mt-0.5 size-5 shrink-0 motion-safe:animate-spin" aria-hidden="true" />
            {steps.length === 0 ? 'Waiting for a free hand' : 'Working on the next step'}
          </li>
        ) : null}
      </ol>
      {isUnderWay ? (
        <p className="mt-5 text-sm text-muted">This takes some seconds. The page follows by itself.</p>
      ) : null}
    </Card>
  );
}
