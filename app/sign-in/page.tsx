// The way into an account.

import type { Metadata } from 'next';
import { DoorPage, type DoorSearch } from './_parts/door-page.tsx';

export const metadata: Metadata = { title: 'Sign in' };

export default function SignInPage({ searchParams }: { searchParams: DoorSearch }) {
  return (
    <DoorPage
      way="sign-in"
      search={searchParams}
      title={() => 'Welcome back.'}
      lead={(site) =>
        site ? (
          <>
            The site of this browser, <strong className="font-semibold [overflow-wrap:anywhere]">{site}</strong>, comes
            along into your account.
          </>
        ) : (
          'Sign in, and your sites are here.'
        )
      }
    />
  );
}
