// The way to an account of one's own; a guest's site goes with him.

import type { Metadata } from 'next';
import { DoorPage, type DoorSearch } from '../sign-in/_parts/door-page.tsx';

export const metadata: Metadata = { title: 'Make an account' };

export default function SignUpPage({ searchParams }: { searchParams: DoorSearch }) {
  return (
    <DoorPage
      way="sign-up"
      search={searchParams}
      title={(site) => (site ? 'Keep your site.' : 'Make an account.')}
      lead={(site) =>
        site ? (
          <>
            With an account, <strong className="font-semibold [overflow-wrap:anywhere]">{site}</strong> stays for good,
            has more room, and is yours in every browser. It goes on running meanwhile.
          </>
        ) : (
          'Sites of an account stay for good, have more room, and are yours in every browser.'
        )
      }
    />
  );
}
