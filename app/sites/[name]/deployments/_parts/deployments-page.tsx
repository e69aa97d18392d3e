// The list of a site's deployments: the newest first, true while it is open, older ones on request.

'use client';

import { useState } from 'react';
import type { DeploymentView, SiteView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../../_components/call-api.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { useLiveSite } from '../../_parts/use-live-site.ts';
import { DeploymentRow } from './deployment-row.tsx';
import { joinDeployments } from './join-deployments.ts';
import { useDeployAgain } from './use-deploy-again.ts';

interface Listed {
  deployments: DeploymentView[];
  before: number | null;
}

export function DeploymentsPage({ initial, firstPage }: { initial: SiteView; firstPage: Listed }) {
  const { view } = useLiveSite(initial, null);
  const { listed, more, isReading, problem } = useListed(view.name, firstPage);
  const again = useDeployAgain(view);
  const deployments = joinDeployments(listed.deployments, view);
  const told = again.problem ?? problem;
  return (
    <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-16 pt-2 sm:px-8">
      <header className="flex flex-wrap items-center justify-between gap-4">
        <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Deployments</h1>
        {view.access !== 'view' && view.liveDeployment !== null ? (
          <button
            type="button"
            className={BUTTON.quiet}
            disabled={again.isBusy}
            onClick={() => again.ask('redeploy', view.liveDeployment ?? 0)}
            data-testid="redeploy"
          >
            {again.asked?.what === 'redeploy' ? 'On its way…' : 'Deploy the live commit again'}
          </button>
        ) : null}
      </header>
      {told ? <Notice tone="bad" message={told.message} hint={told.hint} urgent testId="deployments-problem" /> : null}
      {deployments.length === 0 ? (
        <p className="rounded-card border border-line bg-surface p-5 text-sm text-muted sm:p-6">
          Nothing was deployed yet. The launch itself will be the first; after it, each push to main is one.
        </p>
      ) : (
        <ul aria-label="Deployments" className="divide-y divide-line rounded-card border border-line bg-surface">
          {deployments.map((deployment) => (
            <DeploymentRow
              key={deployment.number}
              name={view.name}
              deployment={deployment}
              again={view.access === 'view' ? null : again}
            />
          ))}
        </ul>
      )}
      {deployments.length === 1 ? (
        <p className="max-w-prose text-sm text-muted">
          Each push to main makes one more. A build or a check that fails changes nothing: what was live goes on.
        </p>
      ) : null}
      {listed.before === null ? null : (
        <button type="button" disabled={isReading} onClick={more} className={`${BUTTON.quiet} self-center`}>
          {isReading ? 'Reading…' : 'Show earlier ones'}
        </button>
      )}
    </main>
  );
}

function useListed(name: string, firstPage: Listed) {
  const [listed, setListed] = useState(firstPage);
  const [isReading, setReading] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const read = async () => {
    setReading(true);
    const answer = await callApi<Listed>('GET', `/api/sites/${name}/deployments?before=${listed.before}`);
    setReading(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    const { deployments, before } = answer.data;
    setListed((earlier) => ({ deployments: [...earlier.deployments, ...deployments], before }));
  };
  return { listed, isReading, problem, more: () => void read() };
}
