// One line of the list: what, by whom, when, and how it ended. Leads to the deployment's own page.

import { Undo2 } from 'lucide-react';
import type { DeploymentView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { Link } from '../../../../_components/link.tsx';
import { RelativeTime } from '../../../../_components/time-text.tsx';
import { MOODS, mayRollBackTo, moodOf, shortCommit, titleOf, tookOf } from '../../_parts/deployment-words.ts';
import type { DeployAgain } from './use-deploy-again.ts';

interface DeploymentRowProps {
  name: string;
  deployment: DeploymentView;
  /** Null: who looks may change nothing. */
  again: DeployAgain | null;
}

export function DeploymentRow({ name, deployment, again }: DeploymentRowProps) {
  const { number, commit, by, stack, startedAt } = deployment;
  const mood = MOODS[moodOf(deployment)];
  const took = tookOf(deployment);
  const isRolling = again?.asked?.what === 'rollback' && again.asked.number === number;
  return (
    <li data-testid={`deployment-${number}`} data-status={deployment.status} className="flex items-center gap-2">
      <Link
        href={`/sites/${name}/deployments/${number}`}
        className="flex min-w-0 flex-1 items-center gap-x-4 gap-y-2 rounded-card px-4 py-3.5 text-sm hover:bg-sunken max-sm:flex-wrap sm:px-5"
      >
        <span className={`w-18 shrink-0 rounded-full px-2 py-0.5 text-center text-xs font-bold ${mood.className}`}>
          {mood.word}
        </span>
        <span className="min-w-0 flex-1 max-sm:order-last max-sm:basis-full">
          <span className="line-clamp-2 font-medium [overflow-wrap:anywhere] sm:line-clamp-1">
            {titleOf(deployment)}
          </span>
          <span className="block text-xs text-muted sm:truncate">
            no. {number}
            {commit ? (
              <>
                {' · '}
                <code className="font-mono">{shortCommit(commit)}</code>
              </>
            ) : null}
            {stack ? ` · ${stack}` : ''}
            {by ? ` · by ${by}` : ''}
          </span>
        </span>
        <span className="shrink-0 text-right text-xs text-muted tabular-nums max-sm:ml-auto">
          <RelativeTime at={startedAt} />
          {took ? (
            <span className="sm:block">
              <span className="sm:hidden"> · </span>
              {took}
            </span>
          ) : null}
        </span>
      </Link>
      {again ? (
        <span className="mr-4 flex shrink-0 justify-end max-sm:empty:hidden sm:w-32">
          {mayRollBackTo(deployment) ? (
            <button
              type="button"
              disabled={again.isBusy}
              onClick={() => again.ask('rollback', number)}
              className={`${BUTTON.quiet} px-3 py-1.5`}
            >
              <Undo2 className="size-4" aria-hidden="true" />
              <span className="max-sm:sr-only">{isRolling ? 'Rolling back…' : 'Roll back'}</span>
              <span className="sr-only"> to no. {number}</span>
            </button>
          ) : null}
        </span>
      ) : null}
    </li>
  );
}
