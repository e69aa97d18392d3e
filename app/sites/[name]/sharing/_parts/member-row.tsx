// One who shares the site: the role, to change, and the way out.

import { UserMinus } from 'lucide-react';
import type { MemberView } from '#lib/sharing/members.ts';
import { ROLE_WORDS, ROLES, type Role } from '../../../../_components/role-words.ts';

interface MemberRowProps {
  member: MemberView;
  isSelf: boolean;
  isBusy: boolean;
  onRole: (role: Role) => void;
  onRemove: () => void;
}

export function MemberRow({ member: { email, role }, isSelf, isBusy, onRole, onRemove }: MemberRowProps) {
  const shown = email ?? 'somebody without an address';
  return (
    <li className="flex flex-wrap items-center gap-2 rounded-box bg-sunken py-1.5 pl-3 pr-1" data-testid="member">
      <span className="min-w-0 grow basis-52">
        <span className="block font-medium [overflow-wrap:anywhere]">{shown}</span>
        {isSelf ? <span className="block text-xs text-muted">you</span> : null}
      </span>
      <select
        aria-label={`Role of ${shown}`}
        value={role}
        disabled={isBusy || isSelf}
        onChange={(event) => onRole(event.target.value as Role)}
        className="rounded-full border border-line-strong bg-surface px-3 py-1.5 text-xs font-semibold disabled:opacity-60"
      >
        {ROLES.map((each) => (
          <option key={each} value={each}>
            {ROLE_WORDS[each].name}
          </option>
        ))}
      </select>
      <button
        type="button"
        disabled={isBusy}
        aria-label={isSelf ? 'Leave the site' : `Remove ${shown}`}
        title={isSelf ? 'Leave the site' : 'Remove'}
        onClick={onRemove}
        className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-line/60 hover:text-bad"
      >
        <UserMinus className="size-4" aria-hidden="true" />
      </button>
    </li>
  );
}
