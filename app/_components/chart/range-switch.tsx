// How far back the charts of a page go.

import { RANGES, type Range } from '#lib/usage/ranges.ts';

const SHORT_WORDS: Record<Range, string> = { '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d', '90d': '90 d' };
const RANGE_WORDS: Record<Range, string> = {
  '1h': '1 hour',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
};

/** As it stands in a sentence: "last hour", "last 24 hours". */
export function lastWords(range: Range): string {
  return `last ${RANGE_WORDS[range].replace(/^1 /, '')}`;
}

export function RangeSwitch({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  return (
    <fieldset className="flex overflow-hidden rounded-full border border-line-strong text-sm">
      <legend className="sr-only">How far back</legend>
      {RANGES.map((each) => (
        <label
          key={each}
          className="cursor-pointer px-3 py-1 font-medium text-muted hover:text-ink has-checked:bg-ink has-checked:text-paper has-focus-visible:outline-3 has-focus-visible:outline-focus"
        >
          <input
            type="radio"
            name="range"
            value={each}
            checked={range === each}
            onChange={() => onChange(each)}
            aria-label={RANGE_WORDS[each]}
            className="sr-only"
          />
          {SHORT_WORDS[each]}
        </label>
      ))}
    </fieldset>
  );
}
