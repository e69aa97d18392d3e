// The line for a README that makes a badge of this page.

import { CopyButton } from './copy-button.tsx';
import { Disclosure } from './disclosure.tsx';

interface BadgeLineProps {
  appUrl: string;
  url: string;
  branch: string | null;
}

export function BadgeLine({ appUrl, url, branch }: BadgeLineProps) {
  const query = new URLSearchParams({ repo: url, ...(branch ? { branch } : {}) });
  const line = `[![Launch on Lightkeeper](${appUrl}/launch-badge.svg)](${appUrl}/new?${query})`;
  return (
    <Disclosure title="A button for your README">
      <div className="mt-3 flex max-w-md flex-col gap-3">
        {/* biome-ignore lint/performance/noImgElement: as a README shows it */}
        <img src="/launch-badge.svg" alt="Launch on Lightkeeper" width="204" height="32" />
        <div className="flex items-start gap-2 rounded-box bg-night py-1 pl-4 pr-1.5 text-night-ink">
          <code className="min-w-0 flex-1 py-2 font-mono text-xs break-all" data-testid="badge-line">
            {line}
          </code>
          <CopyButton text={line} what="the Markdown line" onNight />
        </div>
      </div>
    </Disclosure>
  );
}
