// A page that has one thing to say, in front of a lighthouse whose lamp is out.

import type { ReactNode } from 'react';
import { BUTTON } from './buttons.ts';
import { Link } from './link.tsx';
import { ScenePage } from './scene-page.tsx';

interface MessagePageProps {
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

export function MessagePage({ title, children, action }: MessagePageProps) {
  return (
    <ScenePage lit={false}>
      <div className="flex max-w-lg flex-col items-start gap-6">
        <h1 className="text-3xl font-extrabold tracking-[-0.03em]">{title}</h1>
        <div className="max-w-[36ch] text-lg text-ink/85">{children}</div>
        {action ?? (
          <Link href="/" className={`${BUTTON.primary} px-6 py-3`}>
            To the launch page
          </Link>
        )}
      </div>
    </ScenePage>
  );
}
