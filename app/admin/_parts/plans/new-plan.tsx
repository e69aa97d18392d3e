// Makes a plan, beginning with the numbers of another.

'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import type { PlanView } from '#lib/plans/plans.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../_components/call-api.ts';
import { Card } from '../../../_components/card.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { useAmounts } from '../use-amounts.ts';
import { isEmptyAllowed, PLAN_FIELDS, PlanFields } from './plan-fields.tsx';

const FIELD = 'h-9 rounded-box border border-line-strong bg-surface px-3';

export function NewPlan({ plans }: { plans: PlanView[] }) {
  const [from, setFrom] = useState<string | null>(null);
  const model = plans.find(({ name }) => name === from);
  if (!model) {
    return (
      <button
        type="button"
        className={`${BUTTON.quiet} self-start`}
        disabled={plans.length === 0}
        onClick={() => setFrom(plans.find(({ name }) => name === 'member')?.name ?? plans[0]?.name ?? null)}
      >
        New plan…
      </button>
    );
  }
  return (
    <Card title="New plan" id="new-plan">
      <NewPlanForm key={model.name} model={model} plans={plans} onModel={setFrom} onClose={() => setFrom(null)} />
    </Card>
  );
}

interface NewPlanFormProps {
  model: PlanView;
  plans: PlanView[];
  onModel: (name: string) => void;
  onClose: () => void;
}

function NewPlanForm({ model, plans, onModel, onClose }: NewPlanFormProps) {
  const router = useRouter();
  const [name, setName] = useState('');
  const amounts = useAmounts(PLAN_FIELDS, model, isEmptyAllowed);
  const [problem, setProblem] = useState<Problem | null>(null);
  const create = async (event: FormEvent) => {
    event.preventDefault();
    const { name: _name, sites: _sites, users: _users, ...numbers } = model;
    const answer = await callApi('POST', '/api/admin/plans', { ...numbers, ...amounts.changes, name: name.trim() });
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    onClose();
    router.refresh();
  };
  return (
    <form onSubmit={create} className="flex flex-col gap-5">
      <div className="flex flex-wrap gap-4 text-sm">
        <label className="flex flex-col gap-1 font-medium">
          Name
          <input
            value={name}
            onChange={(event) => setName(event.target.value)}
            required
            autoComplete="off"
            spellCheck={false}
            placeholder="studio"
            className={FIELD}
          />
        </label>
        <label className="flex flex-col gap-1 font-medium">
          Begin with the numbers of
          <select value={model.name} onChange={(event) => onModel(event.target.value)} className={FIELD}>
            {plans.map((plan) => (
              <option key={plan.name} value={plan.name}>
                {plan.name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <PlanFields amounts={amounts} onTouch={() => setProblem(null)} />
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="plan-problem" />
      ) : null}
      <div className="flex justify-end gap-2">
        <button type="button" className={BUTTON.quiet} onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className={BUTTON.primary} disabled={!amounts.isRight}>
          Create the plan
        </button>
      </div>
    </form>
  );
}
