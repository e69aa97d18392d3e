// What was deployed: the list, the log of one of them, and the way back to an earlier release.

'use client';

import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { LogPiece } from '#lib/api/log-tail.ts';
import type { SiteView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../_components/call-api.ts';
import { Card } from '../../../_components/card.tsx';
import { Link } from '../../../_components/link.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { RelativeTime } from '../../../_components/time-text.tsx';
import {
  type DeploymentView,
  logBeforeProblem,
  MOODS,
  mayRollBackTo,
  moodOf,
  shortCommit,
  splitProblem,
  titleOf,
  tookOf,
} from './deployment-words.ts';
import { LogView } from './log-view.tsx';
import { useLogOf } from './use-log-of.ts';

interface DeploymentsCardProps {
  view: SiteView;
  log: LogPiece | null;
  className?: string;
}

export function DeploymentsCard({ view, log, className }: DeploymentsCardProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const shown = view.deployments.find(({ number }) => number === chosen) ?? view.deployments[0];
  const text = useLogOf(view.name, shown ?? null, log);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [rollingTo, setRollingTo] = useState<number | null>(null);
  if (!shown) return null;

  const rollBack = async (number: number) => {
    setRollingTo(number);
    const answer = await callApi('POST', `/api/sites/${view.name}/rollback`, { number });
    setProblem(answer.ok ? null : answer.problem);
    setRollingTo(null);
    setChosen(null);
  };
  const isRunning = view.deployments.some(({ status }) => status === 'running');

  return (
    <Card title="Deployments" id="deployments" aside={<AllOf name={view.name} />} className={className}>
      <Summary deployment={shown} />
      <LogView
        key={shown.number}
        text={shown.problem ? logBeforeProblem(text ?? '') : (text ?? '')}
        label={`Log of deployment ${shown.number}`}
      />
      {shown.problem ? <ProblemOf problem={shown.problem} /> : null}
      {problem ? (
        <div className="mt-4">
          <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="rollback-problem" />
        </div>
      ) : null}
      {view.deployments.length > 1 ? (
        <ul className="mt-4 flex flex-col" aria-label="All deployments">
          {view.deployments.map((deployment) => (
            <Row
              key={deployment.id}
              deployment={deployment}
              isShown={deployment === shown}
              isBusy={rollingTo !== null || isRunning}
              isRolling={rollingTo === deployment.number}
              onShow={() => setChosen(deployment.number)}
              onRollBack={() => void rollBack(deployment.number)}
            />
          ))}
        </ul>
      ) : null}
    </Card>
  );
}

function AllOf({ name }: { name: string }) {
  return (
    <Link
      href={`/sites/${name}/deployments`}
      className="py-1 text-sm font-medium text-muted underline-offset-4 hover:text-ink hover:underline"
    >
      All of them
    </Link>
  );
}

function Summary({ deployment }: { deployment: DeploymentView }) {
  const mood = MOODS[moodOf(deployment)];
  const took = tookOf(deployment);
  return (
    <div className="mb-3" data-testid="deployment-summary" data-status={deployment.status}>
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1" aria-live="polite">
        <span className={`rounded-full px-2.5 py-0.5 text-xs font-bold ${mood.className}`}>{mood.word}</span>
        <span className="min-w-0 break-words font-semibold">{titleOf(deployment)}</span>
        <span className="text-sm text-muted">
          no. {deployment.number}
          {deployment.stack ? ` · ${deployment.stack}` : ''}
          {took ? ` · took ${took}` : ''}
        </span>
      </p>
    </div>
  );
}

/** Below the log, which its sentence points at. */
function ProblemOf({ problem }: { problem: string }) {
  const { message, hint } = splitProblem(problem);
  return (
    <div className="mt-3">
      <Notice tone="bad" message={message} hint={hint} testId="deployment-problem" />
    </div>
  );
}

interface RowProps {
  deployment: DeploymentView;
  isShown: boolean;
  isBusy: boolean;
  isRolling: boolean;
  onShow: () => void;
  onRollBack: () => void;
}

function Row({ deployment, isShown, isBusy, isRolling, onShow, onRollBack }: RowProps) {
  const mood = MOODS[moodOf(deployment)];
  const mayRollBack = mayRollBackTo(deployment);
  return (
    <li
      data-testid={`deployment-${deployment.number}`}
      className="flex items-center gap-3 border-t border-line py-2 text-sm first:border-t-0"
    >
      <button
        type="button"
        onClick={onShow}
        aria-pressed={isShown}
        className="flex min-w-0 flex-1 items-center gap-3 rounded-lg px-2 py-1.5 text-left hover:bg-sunken aria-pressed:bg-sunken"
      >
        <span className={`w-18 shrink-0 rounded-full px-2 py-0.5 text-center text-xs font-bold ${mood.className}`}>
          {mood.word}
        </span>
        <span className="min-w-0 flex-1">
          <span className="line-clamp-2 [overflow-wrap:anywhere] sm:line-clamp-1">{titleOf(deployment)}</span>
          <span className="block text-xs text-muted sm:truncate">
            no. {deployment.number}
            {deployment.commit ? (
              <>
                {' · '}
                <code className="font-mono">{shortCommit(deployment.commit)}</code>
              </>
            ) : null}
            {' · '}
            <RelativeTime at={deployment.startedAt} />
          </span>
        </span>
      </button>
      {mayRollBack ? (
        <button type="button" disabled={isBusy} onClick={onRollBack} className={`${BUTTON.quiet} px-3 py-1.5`}>
          <Undo2 className="size-4" aria-hidden="true" />
          <span className="max-sm:sr-only">{isRolling ? 'Rolling back…' : 'Roll back'}</span>
          <span className="sr-only"> to no. {deployment.number}</span>
        </button>
      ) : null}
    </li>
  );
}
