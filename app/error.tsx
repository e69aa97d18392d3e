// When rendering a page failed: a bland sentence with the number that the log has too.

'use client';

import { BUTTON } from './_components/buttons.ts';
import { MessagePage } from './_components/message-page.tsx';

export default function ErrorPage({ error, retry }: { error: Error & { digest?: string }; retry?: () => void }) {
  return (
    <MessagePage
      title="Something broke."
      action={
        <button
          type="button"
          className={`${BUTTON.primary} px-6 py-3`}
          onClick={() => (retry ? retry() : location.reload())}
        >
          Try again
        </button>
      }
    >
      <p>
        It was on our side; your sites are not touched by it.{' '}
        {error.digest ? (
          <>
            If it stays, tell the operator this number:{' '}
            <code className="font-mono text-base text-ink">{error.digest}</code>.
          </>
        ) : null}
      </p>
    </MessagePage>
  );
}
