// Asks for a rollback or a redeploy, and goes to the deployment that it makes as soon as that is there.

'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import type { SiteView } from '#lib/sites/view.ts';
import { callApi, type Problem } from '../../../../_components/call-api.ts';

export type Again = 'rollback' | 'redeploy';

export interface DeployAgain {
  /** What is asked for and not there yet. */
  asked: { what: Again; number: number } | null;
  /** Nothing can be asked for: something is, or a deployment is running. */
  isBusy: boolean;
  problem: Problem | null;
  ask: (what: Again, number: number) => void;
}

export function useDeployAgain({ name, deployments }: Pick<SiteView, 'name' | 'deployments'>): DeployAgain {
  const router = useRouter();
  const [asked, setAsked] = useState<{ what: Again; number: number; newest: number } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const newest = deployments[0]?.number ?? 0;
  const made = asked !== null && newest > asked.newest ? newest : null;
  useEffect(() => {
    if (made !== null) router.push(`/sites/${name}/deployments/${made}`);
  }, [made, name, router]);

  const ask = async (what: Again, number: number) => {
    setAsked({ what, number, newest });
    setProblem(null);
    const answer = await callApi('POST', `/api/sites/${name}/${what}`, { number });
    if (answer.ok) return;
    setProblem(answer.problem);
    setAsked(null);
  };
  return {
    asked,
    isBusy: asked !== null || deployments.some(({ status }) => status === 'running'),
    problem,
    ask: (what, number) => void ask(what, number),
  };
}
