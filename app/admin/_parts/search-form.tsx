// A search that is a page's address: works without JavaScript, can be shared.

import { Search } from 'lucide-react';

interface SearchFormProps {
  label: string;
  placeholder: string;
  text: string;
}

export function SearchForm({ label, placeholder, text }: SearchFormProps) {
  return (
    <search className="max-sm:w-full">
      <form className="relative">
        <Search className="pointer-events-none absolute left-3 top-3 size-4 text-muted" aria-hidden="true" />
        <input
          type="search"
          name="q"
          defaultValue={text}
          aria-label={label}
          placeholder={placeholder}
          className="h-10 w-full rounded-box border border-line-strong bg-surface pl-9 pr-3 text-sm sm:w-72"
        />
      </form>
    </search>
  );
}
