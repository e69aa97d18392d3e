// One file: its text with numbered lines, a picture as a picture, anything else said plainly.

import { Download, PencilLine } from 'lucide-react';
import type { FolderOrFile } from '#lib/api/history.ts';
import { formatBytes } from '#lib/bytes.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { Link } from '../../../../_components/link.tsx';
import { editHref, type Here, rawHref } from './places.ts';

type FileShown = FolderOrFile & { kind: 'file' };

/** By its name; what it is, its bytes say (lib/api/raw-file.ts). */
const PICTURE = /\.(?:png|jpe?g|gif|webp|avif|svg|ico)$/i;
const PICTURE_BYTES_MAX = 10 * 1024 ** 2;

export function FileView({ name, place, mayEdit, file }: Here & { file: FileShown }) {
  const isPicture = PICTURE.test(place.path) && !file.link && file.bytes <= PICTURE_BYTES_MAX;
  const at = { path: place.path, commit: file.commit };
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3 px-5 py-3 text-sm text-muted sm:px-6">
        <p data-testid="file-facts">{factsOf(file)}</p>
        <div className="flex gap-2">
          {file.link ? null : (
            <a href={rawHref(name, at)} download className={`${BUTTON.quiet} text-ink no-underline`}>
              <Download className="size-4" aria-hidden="true" />
              Download
            </a>
          )}
          {mayEdit && file.editable && place.commit === null ? (
            <Link
              href={editHref(name, place.path)}
              className={`${BUTTON.primary} no-underline`}
              data-testid="edit-file"
            >
              <PencilLine className="size-4" aria-hidden="true" />
              Edit
            </Link>
          ) : null}
        </div>
      </div>
      {isPicture ? (
        <div className="flex justify-center border-t border-line bg-sunken p-6">
          {/* biome-ignore lint/performance/noImgElement: a tenant's picture, of any size */}
          <img src={rawHref(name, at)} alt={`What ${place.path} shows`} className="max-h-[70vh] max-w-full" />
        </div>
      ) : null}
      {file.text !== null && file.text !== '' ? <Lines text={file.text} path={place.path} /> : null}
      {file.truncated ? (
        <p className="border-t border-line px-5 py-3 text-sm text-muted sm:px-6">
          Only its beginning is shown. Download it to see all.
        </p>
      ) : null}
    </>
  );
}

function factsOf(file: FileShown): string {
  if (file.link) return 'A link to another place';
  if (file.bytes === 0) return 'Empty';
  if (file.binary) return `Not text, ${formatBytes(file.bytes)}`;
  const lines = (file.text ?? '').replace(/\n$/, '').split('\n').length;
  if (file.truncated) return formatBytes(file.bytes);
  const odd = file.editable ? '' : ' · not UTF-8';
  return `${lines.toLocaleString('en-US')} ${lines === 1 ? 'line' : 'lines'} · ${formatBytes(file.bytes)}${odd}`;
}

function Lines({ text, path }: { text: string; path: string }) {
  const lines = text.replace(/\n$/, '').split(/\r\n|\n/);
  return (
    <section
      aria-label={`Text of ${path}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-[75vh] overflow-auto border-t border-line py-4 pr-5 focus-visible:-outline-offset-3"
    >
      <pre
        className="numbered whitespace-pre-wrap break-words font-mono text-xs leading-relaxed"
        data-testid="file-text"
      >
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its number
          <span key={index} id={`L${index + 1}`}>
            {line}
          </span>
        ))}
      </pre>
    </section>
  );
}
