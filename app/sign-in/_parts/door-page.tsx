// The page of the two ways in. Who has an account already is led to it.

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { services } from '#lib/api/services.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import { requireSecret } from '#lib/env.ts';
import { sitesOf } from '#lib/sites/find.ts';
import { Link } from '../../_components/link.tsx';
import { ScenePage } from '../../_components/scene-page.tsx';
import { DoorForm } from './door-form.tsx';
import { parseNext } from './next.ts';
import { doorRefusal } from './refusals.ts';

export type DoorSearch = Promise<Record<string, string | string[] | undefined>>;

interface DoorPageProps {
  way: 'sign-in' | 'sign-up';
  search: DoorSearch;
  /** Given the name of the guest's site, or null. */
  title: (site: string | null) => string;
  lead: (site: string | null) => ReactNode;
}

export async function DoorPage({ way, search, title, lead }: DoorPageProps) {
  const { db, settings } = services();
  const viewer = await findViewer({ db, settings }, await headers());
  if (viewer.userId && viewer.role !== 'guest') redirect(parseNext((await search).next) ?? '/account');
  const [site] = await sitesOf(db, requireSecret(settings), viewer);
  const asked = await search;
  const next = parseNext(asked.next);
  const other = way === 'sign-in' ? OTHER.up : OTHER.in;
  return (
    <ScenePage>
      <div className="flex max-w-xl flex-col gap-6">
        <h1 className="text-2xl font-extrabold tracking-[-0.03em]">{title(site?.name ?? null)}</h1>
        <p className="max-w-[44ch] text-ink/85">{lead(site?.name ?? null)}</p>
        <DoorForm
          way={way}
          sendsMail={settings.mailFrom !== null}
          hasGithub={settings.github !== null}
          refused={doorRefusal(asked)}
          isSent={asked.sent !== undefined}
          next={next}
        />
        <p className="text-sm text-muted">
          {other.words}{' '}
          <Link
            href={next ? `${other.href}?next=${encodeURIComponent(next)}` : other.href}
            className="font-medium text-ink underline underline-offset-4"
          >
            {other.act}
          </Link>
        </p>
      </div>
    </ScenePage>
  );
}

const OTHER = {
  up: { words: 'No account yet?', act: 'Make one', href: '/sign-up' },
  in: { words: 'Have an account?', act: 'Sign in', href: '/sign-in' },
};
