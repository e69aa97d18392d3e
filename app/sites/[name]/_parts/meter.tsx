// How much of a limit is used, in numbers, words and as a bar.

import { type Level, levelOf } from '../../../_components/levels.ts';

const LEVEL_WORDS: Record<Level, string> = { good: '', warn: 'nearly full', bad: 'at the limit' };
const LEVEL_COLOURS: Record<Level, string> = { good: '', warn: 'text-warn', bad: 'text-bad' };

interface MeterProps {
  label: string;
  used: number | null;
  max: number;
  format: (value: number) => string;
  testId: string;
}

export function Meter({ label, used, max, format, testId }: MeterProps) {
  const level = levelOf(used ?? 0, max);
  const percent = used === null ? 0 : Math.min((used / max) * 100, 100);
  const text = used === null ? `up to ${format(max)}` : `${format(used)} of ${format(max)}`;
  return (
    <div data-testid={testId} data-level={level}>
      <div className="mb-1.5 flex items-baseline justify-between gap-3 text-sm">
        <span className="font-semibold">{label}</span>
        <span className="tabular-nums">
          {LEVEL_WORDS[level] ? <strong className={LEVEL_COLOURS[level]}>{LEVEL_WORDS[level]} · </strong> : null}
          <span className="text-muted">{text}</span>
        </span>
      </div>
      <meter
        className="sr-only"
        aria-label={label}
        aria-valuetext={`${text}${LEVEL_WORDS[level] ? `, ${LEVEL_WORDS[level]}` : ''}`}
        min={0}
        max={max}
        value={Math.min(used ?? 0, max)}
      />
      <svg className="block h-2.5 w-full overflow-hidden rounded-full" aria-hidden="true" focusable="false">
        <rect className="meter-track" width="100%" height="100%" />
        <rect className="meter-bar" data-level={level} width={`${percent}%`} height="100%" rx="5" />
      </svg>
    </div>
  );
}
