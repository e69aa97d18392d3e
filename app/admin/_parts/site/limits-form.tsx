// Raises and lowers the limits of one site, after saying what follows from it.

'use client';

import { useMemo, useState } from 'react';
import type { AdminSite } from '#lib/admin/site.ts';
import type { OwnLimit } from '#lib/sites/limits.ts';
import { AmountInput } from '../amount-input.tsx';
import { LIMIT_FIELDS, writeAmount } from '../limit-fields.ts';
import { PreviewSteps } from '../preview-steps.tsx';
import { useAmounts } from '../use-amounts.ts';
import { usePreview } from '../use-preview.ts';

export function LimitsForm({ site, onDone }: { site: AdminSite; onDone: () => Promise<void> }) {
  const own = useMemo(
    () => Object.fromEntries(site.limits.map(({ limit, value, isOwn }) => [limit, isOwn ? value : null])),
    [site.limits],
  ) as Record<OwnLimit, number | null>;
  const amounts = useAmounts(LIMIT_FIELDS, own, () => true);
  const preview = usePreview(`/api/admin/sites/${site.name}/limits`);
  const [done, setDone] = useState<string | null>(null);
  const plansOf = (name: OwnLimit) => site.limits.find(({ limit }) => limit === name)?.plans ?? 0;

  const apply = async (force: boolean) => {
    if (!(await preview.apply({ limits: amounts.changes, force }))) return;
    await onDone();
    amounts.reset();
    setDone('Done. The running site has its new limits within a second or two.');
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setDone(null);
        void preview.see({ limits: amounts.changes });
      }}
    >
      <p className="mb-3 text-sm text-muted">
        An empty field has the number of the plan <strong className="font-semibold text-ink">{site.plan}</strong>, which
        is shown in it.
      </p>
      <div className="flex flex-col gap-2">
        {LIMIT_FIELDS.map((field) => (
          <AmountInput
            key={field.name}
            field={field}
            value={amounts.text(field.name)}
            placeholder={writeAmount(field.unit, plansOf(field.name))}
            isWrong={amounts.isWrong(field.name)}
            onChange={(text) => {
              preview.clear();
              setDone(null);
              amounts.set(field.name, text);
            }}
          />
        ))}
      </div>
      <PreviewSteps
        preview={preview}
        canSee={amounts.hasChanges && amounts.isRight}
        onApply={(isForced) => void apply(isForced)}
        onCancel={() => {
          preview.clear();
          amounts.reset();
        }}
        done={done}
      />
    </form>
  );
}
