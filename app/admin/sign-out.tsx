// Ends the admin's session in this browser.

'use client';

import { signOut } from 'next-auth/react';
import { BUTTON } from '../_components/buttons.ts';

export function SignOut() {
  return (
    <button
      type="button"
      className={BUTTON.quiet}
      onClick={async () => {
        await signOut({ redirect: false });
        location.assign('/');
      }}
    >
      Sign out
    </button>
  );
}
