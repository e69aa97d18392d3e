// A page in front of the lighthouse: brand on top, content at the left, the picture behind.

import type { ReactNode } from 'react';
import { BrandBar } from './brand-bar.tsx';
import { Scene } from './scene.tsx';

interface ScenePageProps {
  lit?: boolean;
  /** At the right of the brand. */
  aside?: ReactNode;
  children: ReactNode;
}

export function ScenePage({ lit = true, aside, children }: ScenePageProps) {
  return (
    <div className="relative isolate flex min-h-dvh flex-col">
      <div className="absolute inset-0 -z-10">
        <Scene lit={lit} />
      </div>
      <BrandBar>{aside}</BrandBar>
      <main
        id="main"
        className="mx-auto flex w-full max-w-6xl flex-1 flex-col px-5 pb-[46dvh] pt-6 sm:px-8 md:justify-center md:pb-[max(13vw,21dvh)]"
      >
        {children}
      </main>
    </div>
  );
}
