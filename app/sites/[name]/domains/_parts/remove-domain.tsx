// Asks before a domain is removed, and says what goes with it.

import type { DomainView } from '#lib/domains/view.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import type { Problem } from '../../../../_components/call-api.ts';
import { Dialog } from '../../../../_components/dialog.tsx';
import { Notice } from '../../../../_components/notice.tsx';

interface RemoveDomainProps {
  /** Null: none is. */
  domain: DomainView | null;
  isBusy: boolean;
  problem: Problem | null;
  onRemove: (domain: DomainView) => Promise<void>;
  onClose: () => void;
}

export function RemoveDomain({ domain, isBusy, problem, onRemove, onClose }: RemoveDomainProps) {
  return (
    <Dialog title={`Remove ${domain?.name}?`} id="remove-domain" isOpen={domain !== null} onClose={onClose}>
      <div className="flex flex-col gap-4 text-sm">
        <p className="text-muted">
          Its visitors find nothing here any more, and its certificate goes. The site stays; you can add the domain
          again, with a new TXT record.
        </p>
        {problem ? <Notice tone="bad" message={problem.message} hint={problem.hint} urgent /> : null}
        <div className="flex justify-end gap-3">
          <button type="button" className={BUTTON.quiet} onClick={onClose}>
            Keep it
          </button>
          <button
            type="button"
            className={BUTTON.danger}
            disabled={isBusy}
            onClick={() => domain && void onRemove(domain)}
          >
            Remove
          </button>
        </div>
      </div>
    </Dialog>
  );
}
