// Where the mail's link leads: a button, because programs that look at mails open links too.

import type { Metadata } from 'next';
import { ScenePage } from '../../_components/scene-page.tsx';
import { ConfirmButton } from './confirm-button.tsx';

export const metadata: Metadata = { title: 'Alerts by mail', referrer: 'no-referrer' };

interface Props {
  searchParams: Promise<{ token?: string | string[] }>;
}

export default async function ConfirmPage({ searchParams }: Props) {
  const { token } = await searchParams;
  return (
    <ScenePage>
      <div className="flex max-w-xl flex-col items-start gap-6">
        <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Alerts by mail.</h1>
        <p className="max-w-[38ch] text-ink/85">
          Somebody asked for alerts about their sites at your address. Agree, and they are sent; do nothing, and none
          is.
        </p>
        <ConfirmButton token={typeof token === 'string' ? token : ''} />
      </div>
    </ScenePage>
  );
}
