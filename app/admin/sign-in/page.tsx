// Where the admin shows the secret that `up` printed.

import type { Metadata } from 'next';
import { ScenePage } from '../../_components/scene-page.tsx';
import { SignInForm } from './sign-in-form.tsx';

export const metadata: Metadata = { title: 'Admin sign-in' };

export default function SignInPage() {
  return (
    <ScenePage>
      <div className="flex max-w-xl flex-col gap-7">
        <h1 className="text-3xl font-extrabold tracking-[-0.035em]">Keeper’s door.</h1>
        <p className="max-w-[38ch] text-ink/85">
          For the operator of this machine. The secret was printed when it was started, by{' '}
          <code className="whitespace-nowrap font-mono text-sm">npm run up</code>.
        </p>
        <SignInForm />
      </div>
    </ScenePage>
  );
}
