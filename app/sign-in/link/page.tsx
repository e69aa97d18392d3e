// Where a mail's link leads: a button, because programs that look at mails open links too.

import type { Metadata } from 'next';
import { ScenePage } from '../../_components/scene-page.tsx';
import { OpenLink } from './open-link.tsx';

export const metadata: Metadata = { title: 'Sign in' };

interface Props {
  searchParams: Promise<{ token?: string | string[] }>;
}

export default async function LinkPage({ searchParams }: Props) {
  const { token } = await searchParams;
  return (
    <ScenePage>
      <div className="flex max-w-xl flex-col items-start gap-6">
        <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Come in.</h1>
        <p className="max-w-[40ch] text-ink/85">
          This link came to your mailbox. Press the button, and the address counts as yours.
        </p>
        <OpenLink token={typeof token === 'string' ? token : ''} />
      </div>
    </ScenePage>
  );
}
