// A plan's numbers, to read.

import { formatBytes } from '#lib/bytes.ts';
import type { PlanView } from '#lib/plans/plans.ts';
import { type LimitField, writeAmount } from '../limit-fields.ts';
import { PLAN_FIELDS } from './plan-fields.tsx';

export function PlanNumbersList({ plan }: { plan: PlanView }) {
  return (
    <dl className="grid grid-cols-2 gap-x-8 gap-y-3 text-sm sm:grid-cols-3 lg:grid-cols-6">
      {PLAN_FIELDS.map((field) => (
        <div key={field.name} className="min-w-0">
          <dt className="truncate text-xs text-muted">{field.title}</dt>
          <dd className="font-semibold tabular-nums">{write(field, plan[field.name])}</dd>
        </div>
      ))}
    </dl>
  );
}

function write({ unit, note, mayBeEmpty }: LimitField, value: number | null) {
  if (value === null) return mayBeEmpty ?? '–';
  if (unit === 'minutes') return minutes(value);
  const isRate = note === 'a second' || unit === 'cores';
  return (
    <>
      {unit === 'bytes' ? formatBytes(value) : writeAmount(unit, value)}
      {isRate ? (
        <span className="font-normal text-muted"> {value === 1_000 && unit === 'cores' ? 'core' : note}</span>
      ) : null}
    </>
  );
}

/** "30 min", "24 h", "7 days": only in wholes. */
function minutes(value: number): string {
  if (value % 1_440 === 0 && value > 1_440) return `${value / 1_440} days`;
  return value % 60 === 0 ? `${value / 60} h` : `${value} min`;
}
