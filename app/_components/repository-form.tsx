// Asks for the repository to launch: a plain form that leads to the page about it.

import { BUTTON } from './buttons.ts';

export function RepositoryForm({ url }: { url: string }) {
  return (
    <form action="/new" method="get" className="flex max-w-md flex-col gap-3">
      <label htmlFor="repo" className="text-sm font-medium">
        Address of the repository
      </label>
      <input
        id="repo"
        name="repo"
        required
        defaultValue={url.slice(0, 500)}
        placeholder="https://github.com/you/repo"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className="rounded-box border border-line-strong bg-surface px-4 py-3 font-mono text-sm"
      />
      <button type="submit" className={`${BUTTON.primary} self-start px-6 py-2.5`}>
        Go on
      </button>
    </form>
  );
}
