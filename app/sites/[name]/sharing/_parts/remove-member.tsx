// Asks before somebody is removed, or leaves, and says what goes with him.

import type { MemberView } from '#lib/sharing/members.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import type { Problem } from '../../../../_components/call-api.ts';
import { Dialog } from '../../../../_components/dialog.tsx';
import { Notice } from '../../../../_components/notice.tsx';

interface RemoveMemberProps {
  /** Null: nobody is. */
  member: MemberView | null;
  isSelf: boolean;
  isBusy: boolean;
  problem: Problem | null;
  onRemove: (member: MemberView) => Promise<void>;
  onClose: () => void;
}

export function RemoveMember({ member, isSelf, isBusy, problem, onRemove, onClose }: RemoveMemberProps) {
  const who = member?.email ?? 'this member';
  return (
    <Dialog
      title={isSelf ? 'Leave the site?' : `Remove ${who}?`}
      id="remove-member"
      isOpen={member !== null}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4 text-sm">
        <p className="text-muted">
          {isSelf ? 'Your' : 'Their'} access ends at once, open sessions too.{' '}
          {member?.role === 'owner'
            ? 'The site gets a new password and a new token, and the keys that this owner added go.'
            : 'You can invite them again.'}
        </p>
        {problem ? <Notice tone="bad" message={problem.message} hint={problem.hint} urgent /> : null}
        <div className="flex justify-end gap-3">
          <button type="button" className={BUTTON.quiet} onClick={onClose}>
            {isSelf ? 'Stay' : 'Keep them'}
          </button>
          <button
            type="button"
            className={BUTTON.danger}
            disabled={isBusy}
            onClick={() => member && void onRemove(member)}
          >
            {isSelf ? 'Leave' : 'Remove'}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
