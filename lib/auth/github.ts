// Sign-in with GitHub, or with a GitHub Enterprise. An account is found by an e-mail address that GitHub has verified, and
// by nothing else: names and unverified addresses are whatever their owner typed.

import GithubProvider from 'next-auth/providers/github';
import { z } from 'zod';
import type { Settings } from '../env.ts';

const ANSWER_MS_MAX = 8_000;
const USER = z.object({ id: z.number(), login: z.string() });
const EMAILS = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

export function githubProvider({ id, secret, url }: NonNullable<Settings['github']>) {
  const api = url === 'https://github.com' ? 'https://api.github.com' : `${url}/api/v3`;
  return GithubProvider({
    clientId: id,
    clientSecret: secret,
    issuer: `${url}/login/oauth`,
    authorization: { url: `${url}/login/oauth/authorize`, params: { scope: 'user:email' } },
    token: `${url}/login/oauth/access_token`,
    userinfo: {
      url: `${api}/user`,
      async request({ tokens: { access_token: token = '' } }) {
        const user = USER.parse(await ask(`${api}/user`, token));
        const email = verifiedAddress(EMAILS.parse(await ask(`${api}/user/emails`, token)));
        return { ...user, ...(email === null ? {} : { email }) };
      },
    },
    profile: ({ id: githubId, email }) => ({ id: String(githubId), email: email ?? null }),
  });
}

/** The primary address if it is verified, else the first that is. Pure. */
export function verifiedAddress(emails: z.infer<typeof EMAILS>): string | null {
  const verified = emails.filter((one) => one.verified);
  return (verified.find((one) => one.primary) ?? verified[0])?.email ?? null;
}

async function ask(url: string, token: string): Promise<unknown> {
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'user-agent': 'Lightkeeper',
  };
  const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  if (!response.ok) throw new Error(`GitHub answered ${response.status}`);
  return response.json();
}
