// How much of a limit is used: the numbers, and a thin bar below them that says nothing more.

import { levelOf } from '../../_components/levels.ts';

const COLOURS = { good: '', warn: 'font-semibold text-warn', bad: 'font-bold text-bad' };

interface UsageBarProps {
  used: number | null;
  max: number;
  format: (value: number) => string;
  testId?: string;
  /** Of a resource that may be used up without harm. */
  calm?: boolean;
}

export function UsageBar({ used, max, format, testId, calm = false }: UsageBarProps) {
  const level = calm ? 'good' : levelOf(used ?? 0, max);
  const percent = used === null || max === 0 ? 0 : Math.min((used / max) * 100, 100);
  return (
    <div data-testid={testId} data-level={level} data-percent={Math.round(percent)} className="min-w-0">
      <p className="truncate text-xs tabular-nums">
        <span className={COLOURS[level]}>{used === null ? '–' : format(used)}</span>
        <span className="text-muted"> / {format(max)}</span>
      </p>
      <svg className="mt-1 block h-1.5 w-full overflow-hidden rounded-full" aria-hidden="true" focusable="false">
        <rect className="meter-track" width="100%" height="100%" />
        <rect className="meter-bar" data-level={level} width={`${percent.toFixed(1)}%`} height="100%" rx="3" />
      </svg>
    </div>
  );
}
