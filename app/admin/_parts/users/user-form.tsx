// Gives one user another plan or totals of its own, after saying what follows from it.

'use client';

import { useState } from 'react';
import type { UserRow } from '#lib/admin/users.ts';
import { AmountInput } from '../amount-input.tsx';
import { type LimitField, writeAmount } from '../limit-fields.ts';
import { PreviewSteps } from '../preview-steps.tsx';
import { useAmounts } from '../use-amounts.ts';
import { usePreview } from '../use-preview.ts';

type Total = 'sitesMax' | 'totalDiskBytesMax' | 'totalMemoryBytesMax';

const FIELDS: LimitField<Total>[] = [
  { name: 'sitesMax', title: 'Sites', unit: 'count' },
  { name: 'totalDiskBytesMax', title: 'Disk', unit: 'bytes', note: 'of all sites' },
  { name: 'totalMemoryBytesMax', title: 'Memory', unit: 'bytes', note: 'of all sites' },
];

interface UserFormProps {
  user: UserRow;
  plans: string[];
  onDone: () => void;
}

export function UserForm({ user, plans, onDone }: UserFormProps) {
  const [plan, setPlan] = useState(user.own.planName ?? '');
  const amounts = useAmounts(FIELDS, user.own, () => true);
  const preview = usePreview(`/api/admin/users/${user.id}`);
  const [done, setDone] = useState<string | null>(null);
  const plansOf: Record<Total, number> = {
    sitesMax: user.sitesMax,
    totalDiskBytesMax: user.diskMax,
    totalMemoryBytesMax: user.memoryMax,
  };
  const hasPlanChange = plan !== (user.own.planName ?? '');
  const change = { ...amounts.changes, ...(hasPlanChange ? { planName: plan === '' ? null : plan } : {}) };
  const touch = () => {
    preview.clear();
    setDone(null);
  };

  const apply = async (force: boolean) => {
    if (!(await preview.apply({ change, force }))) return;
    amounts.reset();
    setDone('Done.');
    onDone();
  };

  return (
    <form
      className="mt-3 max-w-xl border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        setDone(null);
        void preview.see({ change });
      }}
    >
      <div className="flex flex-col gap-2">
        <label className="grid grid-cols-[minmax(0,1fr)_9rem] items-center gap-x-3 text-sm">
          <span className="font-medium">Plan</span>
          <select
            value={plan}
            onChange={(event) => {
              touch();
              setPlan(event.target.value);
            }}
            className="h-9 rounded-box border border-line-strong bg-surface px-2"
          >
            <option value="">By the role</option>
            {plans.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        {FIELDS.map((field) => (
          <AmountInput
            key={field.name}
            field={field}
            value={amounts.text(field.name)}
            placeholder={user.own[field.name] === null ? writeAmount(field.unit, plansOf[field.name]) : 'the plan’s'}
            isWrong={amounts.isWrong(field.name)}
            onChange={(text) => {
              touch();
              amounts.set(field.name, text);
            }}
          />
        ))}
      </div>
      <PreviewSteps
        preview={preview}
        canSee={(amounts.hasChanges || hasPlanChange) && amounts.isRight}
        onApply={(isForced) => void apply(isForced)}
        onCancel={() => {
          preview.clear();
          amounts.reset();
          setPlan(user.own.planName ?? '');
        }}
        done={done}
      />
    </form>
  );
}
