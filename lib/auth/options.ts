// next-auth's settings: one way to sign in (the admin's bootstrap secret), sessions as tokens that end when the user's
// session version moves.

import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { audit } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import type { Settings } from '../env.ts';
import type { Log } from '../log.ts';
import { clientAddress } from './client-address.ts';
import { noteRefusal } from './note-refusal.ts';
import { equalSecrets } from './seal.ts';
import { cookieOf, SESSION_SECONDS, sessionSecret } from './session.ts';
import type { Throttle } from './throttle.ts';

const ADMIN_EMAIL = 'admin@lightkeeper.invalid';

export interface AuthDeps {
  db: Db;
  settings: Settings;
  log: Log;
  signIns: Throttle;
  /** Refused sign-ins that are audited, of all callers. */
  refusals: Throttle;
}

export function authOptions(deps: AuthDeps): NextAuthOptions {
  return {
    secret: sessionSecret(deps.settings),
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    useSecureCookies: deps.settings.appUrl.startsWith('https:'),
    cookies: {
      sessionToken: cookieOf(deps.settings, 'session'),
      csrfToken: cookieOf(deps.settings, 'csrf'),
      callbackUrl: cookieOf(deps.settings, 'callback'),
    },
    pages: { signIn: '/admin/sign-in', error: '/admin/sign-in' },
    providers: [adminProvider(deps)],
    callbacks: {
      async jwt({ token, user }) {
        const id = user?.id ?? token.sub ?? '';
        const { sessionVersion } = await deps.db.user.findUniqueOrThrow({ where: { id } });
        if (!user && token.version !== sessionVersion) throw new Error('the session has been ended');
        return { sub: id, version: sessionVersion };
      },
      session: ({ session, token }) => ({ expires: session.expires, user: { name: token.sub ?? null } }),
      redirect: ({ url, baseUrl }) => (url.startsWith('/') && !url.startsWith('//') ? `${baseUrl}${url}` : baseUrl),
    },
    logger: {
      error: (code, metadata) => deps.log.warn({ code, cause: causeOf(metadata) }, 'next-auth refused'),
      warn: () => {}, // only tells developers about optional environment variables
      debug: () => {},
    },
  };
}

function adminProvider(deps: AuthDeps) {
  return CredentialsProvider({
    id: 'admin',
    name: 'Admin',
    credentials: { secret: { label: 'Admin secret', type: 'password' } },
    async authorize(credentials, request) {
      const address = clientAddress(new Headers(request.headers as Record<string, string>));
      deps.signIns.attempt(address);
      const expected = deps.settings.adminSecret;
      if (!expected || !equalSecrets(credentials?.secret ?? '', expected)) {
        await noteRefusal(deps, address, ADMIN_EMAIL);
        return null;
      }
      const { id } = await deps.db.user.upsert({
        where: { email: ADMIN_EMAIL },
        create: { email: ADMIN_EMAIL, role: 'admin' },
        update: { role: 'admin' },
      });
      const admin = { actor: { id, role: 'admin' }, address };
      await audit(deps.db, { ...admin, action: 'admin.sign-in', subject: ADMIN_EMAIL });
      return { id };
    },
  });
}

function causeOf(metadata: unknown): string {
  return String(metadata instanceof Error ? metadata.message : ((metadata as { error?: unknown })?.error ?? metadata));
}
