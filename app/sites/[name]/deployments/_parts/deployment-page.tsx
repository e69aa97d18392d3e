// One deployment: what it was, its log as it is printed, and the ways to have it again.

'use client';

import { RotateCw, Undo2 } from 'lucide-react';
import type { LogPiece } from '#lib/api/log-tail.ts';
import type { DeploymentView, SiteView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { Link } from '../../../../_components/link.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { ExactTime } from '../../../../_components/time-text.tsx';
import {
  logBeforeProblem,
  MOODS,
  mayBuildAgain,
  mayRollBackTo,
  moodOf,
  splitProblem,
  titleOf,
  tookOf,
} from '../../_parts/deployment-words.ts';
import { LogView } from '../../_parts/log-view.tsx';
import { useLiveSite } from '../../_parts/use-live-site.ts';
import { useLogOf } from '../../_parts/use-log-of.ts';
import { joinDeployments } from './join-deployments.ts';
import { type DeployAgain, useDeployAgain } from './use-deploy-again.ts';

interface DeploymentPageProps {
  initial: SiteView;
  initialLog: LogPiece | null;
  deployment: DeploymentView;
  /** The log as it was when the page was made. */
  text: string;
}

export function DeploymentPage({ initial, initialLog, deployment, text }: DeploymentPageProps) {
  const { view, log } = useLiveSite(initial, initialLog);
  const shown = joinDeployments([deployment], view).find(({ number }) => number === deployment.number) ?? deployment;
  const again = useDeployAgain(view);
  const printed = useLogOf(view.name, shown, log) ?? text;
  const problem = shown.problem ? splitProblem(shown.problem) : null;
  return (
    <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-16 pt-2 sm:px-8">
      <header className="flex flex-col gap-3">
        <p className="text-sm">
          <Link href={`/sites/${view.name}/deployments`} className="text-muted hover:text-ink">
            All deployments
          </Link>
        </p>
        <Summary deployment={shown} />
      </header>
      <Facts deployment={shown} />
      <LogView
        text={problem ? logBeforeProblem(printed) : printed}
        label={`Log of deployment ${shown.number}`}
        className="max-h-[70dvh]"
      />
      {problem ? <Notice tone="bad" message={problem.message} hint={problem.hint} testId="deployment-problem" /> : null}
      {view.access === 'view' ? null : <Acts deployment={shown} again={again} />}
      {again.problem ? (
        <Notice
          tone="bad"
          message={again.problem.message}
          hint={again.problem.hint}
          urgent
          testId="deployments-problem"
        />
      ) : null}
    </main>
  );
}

function Summary({ deployment }: { deployment: DeploymentView }) {
  const mood = MOODS[moodOf(deployment)];
  return (
    <div
      className="flex flex-wrap items-center gap-x-4 gap-y-2"
      data-testid="deployment-summary"
      data-status={deployment.status}
      aria-live="polite"
    >
      <h1 className="text-xl font-extrabold tracking-[-0.02em] [overflow-wrap:anywhere]">
        No. {deployment.number} · {titleOf(deployment)}
      </h1>
      <span className={`rounded-full px-2.5 py-0.5 text-xs font-bold ${mood.className}`}>{mood.word}</span>
    </div>
  );
}

function Facts({ deployment }: { deployment: DeploymentView }) {
  const facts = [
    { term: 'Started', value: <ExactTime at={deployment.startedAt} /> },
    { term: 'Took', value: tookOf(deployment) },
    { term: 'By', value: deployment.by },
    { term: 'Stack', value: deployment.stack },
    {
      term: 'Commit',
      value: deployment.commit && <code className="font-mono text-xs">{deployment.commit.slice(0, 12)}</code>,
    },
  ].filter(({ value }) => value);
  return (
    <dl className="flex flex-wrap gap-x-10 gap-y-3 text-sm">
      {facts.map(({ term, value }) => (
        <div key={term} className="min-w-0">
          <dt className="text-xs text-muted">{term}</dt>
          <dd className="[overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Acts({ deployment, again }: { deployment: DeploymentView; again: DeployAgain }) {
  const isAsked = (what: 'rollback' | 'redeploy') => again.asked?.what === what;
  const mayRedeploy = mayBuildAgain(deployment);
  if (!mayRedeploy && !mayRollBackTo(deployment)) return null;
  return (
    <section aria-label="Have it again" className="flex flex-wrap items-center gap-3 text-sm">
      {mayRollBackTo(deployment) ? (
        <button
          type="button"
          className={BUTTON.primary}
          disabled={again.isBusy}
          onClick={() => again.ask('rollback', deployment.number)}
        >
          <Undo2 className="size-4" aria-hidden="true" />
          {isAsked('rollback') ? 'Rolling back…' : 'Roll back to this release'}
        </button>
      ) : null}
      {mayRedeploy ? (
        <button
          type="button"
          className={BUTTON.quiet}
          disabled={again.isBusy}
          onClick={() => again.ask('redeploy', deployment.number)}
          data-testid="redeploy"
        >
          <RotateCw className="size-4" aria-hidden="true" />
          {isAsked('redeploy') ? 'On its way…' : 'Deploy this commit again'}
        </button>
      ) : null}
      <p className="text-muted">
        {mayRollBackTo(deployment)
          ? 'A rollback serves the release as it was built; deploying again builds it anew.'
          : 'Builds the commit anew, checks it, and only then gives it the visitors.'}
      </p>
    </section>
  );
}
