// All numbers of a plan as fields.

import type { PlanNumbers } from '#lib/sites/limit-bounds.ts';
import { AmountInput } from '../amount-input.tsx';
import { LIMIT_FIELDS, type LimitField, PLAN_ONLY_FIELDS } from '../limit-fields.ts';
import type { Amounts } from '../use-amounts.ts';

export const PLAN_FIELDS: LimitField[] = [...LIMIT_FIELDS, ...PLAN_ONLY_FIELDS];

export function isEmptyAllowed(name: keyof PlanNumbers): boolean {
  return PLAN_FIELDS.some((field) => field.name === name && field.mayBeEmpty !== undefined);
}

interface PlanFieldsProps {
  amounts: Amounts<keyof PlanNumbers>;
  onTouch: () => void;
}

export function PlanFields({ amounts, onTouch }: PlanFieldsProps) {
  return (
    <div className="grid gap-x-10 gap-y-2 md:grid-cols-2 xl:grid-cols-3">
      {PLAN_FIELDS.map((field) => (
        <AmountInput
          key={field.name}
          field={field}
          value={amounts.text(field.name)}
          placeholder={field.mayBeEmpty ?? ''}
          isWrong={amounts.isWrong(field.name)}
          onChange={(text) => {
            onTouch();
            amounts.set(field.name, text);
          }}
        />
      ))}
    </div>
  );
}
