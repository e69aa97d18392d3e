// Search, filters and order of the table; how many sites they leave.

import { ArrowDown, ArrowUp, Download, Search, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { ROW_STATES } from '#lib/admin/row.ts';
import { DEFAULT_QUERY, SORT_KEYS, type SortKey } from '#lib/admin/rows-query.ts';
import { VERDICT_KINDS } from '#lib/limits/verdict.ts';
import { count } from '../../../_components/amounts.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { STATE_NAMES, sitesWords } from '../amounts.ts';
import { kindWord } from '../verdict-words.ts';
import { SORT_NAMES } from './columns.ts';
import type { RowsQueryControl } from './use-rows-query.ts';

interface ToolbarProps {
  control: RowsQueryControl;
  plans: string[];
  shown: number;
  all: number;
}

const FIELD = 'h-10 rounded-box border border-line-strong bg-surface px-3 text-sm';

export function Toolbar({ control: { query, change }, plans, shown, all }: ToolbarProps) {
  const isFiltered =
    query.text !== '' || query.state !== '' || query.plan !== '' || query.verdict !== '' || query.tight;
  const Arrow = query.descending ? ArrowDown : ArrowUp;
  return (
    <search className="mb-3 flex flex-wrap items-center gap-2" aria-label="Sites">
      <label className="relative min-w-48 flex-1 max-sm:basis-full sm:max-w-72">
        <span className="sr-only">Search by name, owner or plan</span>
        <Search className="pointer-events-none absolute left-3 top-3 size-4 text-muted" aria-hidden="true" />
        <input
          type="search"
          value={query.text}
          onChange={(event) => change({ text: event.target.value })}
          placeholder="Name, owner, plan"
          className={`${FIELD} w-full pl-9`}
        />
      </label>
      <Select label="State" value={query.state} onChange={(state) => change({ state })}>
        <option value="">Any state</option>
        {ROW_STATES.map((state) => (
          <option key={state} value={state}>
            {STATE_NAMES[state]}
          </option>
        ))}
      </Select>
      <Select label="Plan" value={query.plan} onChange={(plan) => change({ plan })}>
        <option value="">Any plan</option>
        {plans.map((plan) => (
          <option key={plan} value={plan}>
            {plan}
          </option>
        ))}
      </Select>
      <Select label="Verdict" value={query.verdict} onChange={(verdict) => change({ verdict })}>
        <option value="">Any or no verdict</option>
        <option value="any">With a verdict</option>
        {VERDICT_KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {kindWord(kind)}
          </option>
        ))}
      </Select>
      <button
        type="button"
        aria-pressed={query.tight}
        onClick={() => change({ tight: !query.tight })}
        className={`${FIELD} font-medium max-sm:flex-1 aria-pressed:border-ink aria-pressed:bg-ink aria-pressed:text-paper`}
      >
        Over 80 %
      </button>
      <span className="flex max-sm:flex-1">
        <Select label="Sort by" value={query.sort} onChange={(sort) => change({ sort: sort as SortKey })} joined>
          {SORT_KEYS.map((key) => (
            <option key={key} value={key}>
              {SORT_NAMES[key]}
            </option>
          ))}
        </Select>
        <button
          type="button"
          onClick={() => change({ descending: !query.descending })}
          aria-label={query.descending ? 'Sorted downwards: turn round' : 'Sorted upwards: turn round'}
          className={`${FIELD} -ml-px rounded-l-none px-2.5`}
        >
          <Arrow className="size-4" aria-hidden="true" />
        </button>
      </span>
      <p className="ml-auto flex items-center gap-3 text-sm text-muted" aria-live="polite">
        <span data-testid="shown-count">
          {shown === all ? sitesWords(all) : `${count(shown)} of ${sitesWords(all)}`}
        </span>
        {isFiltered ? (
          <button
            type="button"
            onClick={() => change({ ...DEFAULT_QUERY, sort: query.sort, descending: query.descending })}
            className="inline-flex items-center gap-1 rounded-md py-1 font-medium text-ink underline underline-offset-4"
          >
            <X className="size-4" aria-hidden="true" />
            Clear
          </button>
        ) : null}
        <a href="/api/admin/sites.csv" className={`${BUTTON.quiet} h-10`} download>
          <Download className="size-4" aria-hidden="true" />
          CSV
        </a>
      </p>
    </search>
  );
}

interface SelectProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  joined?: boolean;
  children: ReactNode;
}

function Select({ label, value, onChange, joined = false, children }: SelectProps) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={`${FIELD} max-sm:flex-1 ${joined ? 'rounded-r-none' : ''} ${value === '' ? 'text-muted' : ''}`}
    >
      {children}
    </select>
  );
}
