// One plan: its numbers to read; and to change, after saying what follows from it.

'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { PlanView } from '#lib/plans/plans.ts';
import { count } from '../../../_components/amounts.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../_components/call-api.ts';
import { Card } from '../../../_components/card.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { sitesWords } from '../amounts.ts';
import { PreviewSteps } from '../preview-steps.tsx';
import { useAmounts } from '../use-amounts.ts';
import { usePreview } from '../use-preview.ts';
import { isEmptyAllowed, PLAN_FIELDS, PlanFields } from './plan-fields.tsx';
import { PlanNumbersList } from './plan-numbers-list.tsx';

export function PlanCard({ plan, isKept }: { plan: PlanView; isKept: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const isUnused = plan.sites === 0 && plan.users === 0;
  return (
    <Card
      title={plan.name}
      id={`plan-${plan.name}`}
      aside={
        <span className="flex flex-wrap items-center gap-3 text-sm text-muted">
          {sitesWords(plan.sites)}
          {plan.users > 0 ? `, given to ${count(plan.users)} ${plan.users === 1 ? 'user' : 'users'}` : ''}
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className={BUTTON.quiet}>
            {isOpen ? 'Close' : 'Change'}
            <span className="sr-only"> {plan.name}</span>
          </button>
        </span>
      }
    >
      {isOpen ? <PlanForm plan={plan} /> : <PlanNumbersList plan={plan} />}
      {isOpen && isUnused && !isKept ? <DeletePlan name={plan.name} /> : null}
    </Card>
  );
}

function PlanForm({ plan }: { plan: PlanView }) {
  const router = useRouter();
  const amounts = useAmounts(PLAN_FIELDS, plan, isEmptyAllowed);
  const preview = usePreview(`/api/admin/plans/${plan.name}`);
  const [done, setDone] = useState<string | null>(null);
  const apply = async () => {
    if (!(await preview.apply({ change: amounts.changes }))) return;
    amounts.reset();
    setDone(`Done. ${sitesWords(plan.sites)} of this plan follow.`);
    router.refresh();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setDone(null);
        void preview.see({ change: amounts.changes });
      }}
    >
      <PlanFields
        amounts={amounts}
        onTouch={() => {
          preview.clear();
          setDone(null);
        }}
      />
      <PreviewSteps
        preview={preview}
        canSee={amounts.hasChanges && amounts.isRight}
        onApply={() => void apply()}
        onCancel={() => {
          preview.clear();
          amounts.reset();
        }}
        done={done}
      />
    </form>
  );
}

function DeletePlan({ name }: { name: string }) {
  const router = useRouter();
  const [problem, setProblem] = useState<Problem | null>(null);
  const remove = async () => {
    const answer = await callApi('DELETE', `/api/admin/plans/${name}`);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) router.refresh();
  };
  return (
    <div className="mt-4 flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4 text-sm text-muted">
      Nobody has this plan, so it can go.
      <button type="button" className={BUTTON.danger} onClick={() => void remove()}>
        Delete the plan {name}
      </button>
      {problem ? <Notice tone="bad" message={problem.message} hint={problem.hint} urgent /> : null}
    </div>
  );
}
