// A launch as it happens: what the workers tell, one line a step. A line that ends with its time is done.

import { Check, Circle, LoaderCircle } from 'lucide-react';
import type { SiteView } from '#lib/sites/view.ts';
import { Card } from '../../../_components/card.tsx';

const TIME = / \((\d+\.\d+ s)\)$/;

export function LaunchSteps({ state, steps }: { state: SiteView['state']; steps: string[] }) {
  const isUnderWay = state === 'launching';
  if (!isUnderWay && steps.length === 0) return null;
  const isWaiting = isUnderWay && steps.every((step) => TIME.test(step));
  return (
    <Card title={isUnderWay ? 'Your site is on its way' : 'What was done so far'} id="launch-steps">
      <ol className="flex flex-col gap-3 text-sm" aria-live="polite" data-testid="launch-steps">
        {steps.map((step) => (
          <Step key={step.replace(TIME, '')} step={step} isUnderWay={isUnderWay} />
        ))}
        {isWaiting ? <Step step={steps.length === 0 ? 'Waiting for a free hand' : 'Finishing'} isUnderWay /> : null}
      </ol>
      {isUnderWay ? (
        <p className="mt-5 text-sm text-muted">This takes some seconds. The page follows by itself.</p>
      ) : null}
    </Card>
  );
}

function Step({ step, isUnderWay }: { step: string; isUnderWay: boolean }) {
  const time = TIME.exec(step)?.[1];
  return (
    <li className={`flex items-start gap-3 ${time ? '' : 'text-muted'}`}>
      <StepIcon isDone={time !== undefined} isUnderWay={isUnderWay} />
      <span className="min-w-0 flex-1">{step.replace(TIME, '')}</span>
      {time ? <span className="text-muted tabular-nums">{time}</span> : null}
    </li>
  );
}

function StepIcon({ isDone, isUnderWay }: { isDone: boolean; isUnderWay: boolean }) {
  const place = 'mt-0.5 size-5 shrink-0';
  if (isDone) return <Check className={`${place} text-good`} aria-hidden="true" />;
  if (isUnderWay) return <LoaderCircle className={`${place} motion-safe:animate-spin`} aria-hidden="true" />;
  return <Circle className={place} aria-hidden="true" />;
}
