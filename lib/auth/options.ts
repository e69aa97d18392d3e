// next-auth's settings: the admin's bootstrap secret and GitHub; sessions as tokens that end with their row, or when the
// user's session version moves. The options are of one request.

import type { NextAuthOptions, User } from 'next-auth';
import type { JWT } from 'next-auth/jwt';
import CredentialsProvider from 'next-auth/providers/credentials';
import { readCaller } from '../accounts/caller.ts';
import { parseEmail } from '../accounts/email.ts';
import { enterByProof } from '../accounts/enter.ts';
import { openSession } from '../accounts/sessions.ts';
import { audit } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import type { Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import type { Log } from '../log.ts';
import { clientAddress } from './client-address.ts';
import { githubProvider } from './github.ts';
import { noteRefusal } from './note-refusal.ts';
import { equalSecrets } from './seal.ts';
import { cookieOf, payloadOf, SESSION_SECONDS, type SessionClaim, sessionSecret } from './session.ts';
import type { Throttle } from './throttle.ts';
import { findViewer } from './viewer.ts';

const ADMIN_EMAIL = 'admin@lightkeeper.invalid';

export interface AuthDeps {
  db: Db;
  settings: Settings;
  log: Log;
  signIns: Throttle;
  /** Refused sign-ins that are audited, of all callers. */
  refusals: Throttle;
}

export function authOptions(deps: AuthDeps, headers: Headers): NextAuthOptions {
  let entered: SessionClaim | null = null;
  return {
    secret: sessionSecret(deps.settings),
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    useSecureCookies: deps.settings.appUrl.startsWith('https:'),
    cookies: {
      sessionToken: cookieOf(deps.settings, 'session'),
      csrfToken: cookieOf(deps.settings, 'csrf'),
      callbackUrl: cookieOf(deps.settings, 'callback'),
      state: cookieOf(deps.settings, 'state'),
    },
    pages: { signIn: '/admin/sign-in', error: '/sign-in' },
    providers: [adminProvider(deps), ...(deps.settings.github ? [githubProvider(deps.settings.github)] : [])],
    callbacks: {
      async signIn({ user, account }) {
        if (account?.provider !== 'github') return true;
        try {
          entered = await enterByGithub(deps, headers, user);
          return true;
        } catch (error) {
          if (error instanceof AppError) return `/sign-in?refused=${error.code}`;
          throw error;
        }
      },
      async jwt({ token, user }) {
        if (entered) return payloadOf(entered);
        if (user) return payloadOf(await openSession(deps.db, user.id, await readCaller(deps.settings, headers)));
        return stillOpen(deps.db, token);
      },
      session: ({ session, token }) => ({ expires: session.expires, user: { name: token.sub ?? null } }),
      redirect: ({ url, baseUrl }) => (url.startsWith('/') && !url.startsWith('//') ? `${baseUrl}${url}` : baseUrl),
    },
    events: {
      async signOut({ token }) {
        const id = String(token.sid ?? '');
        if (id !== '') await deps.db.session.deleteMany({ where: { id, userId: token.sub ?? '' } });
      },
    },
    logger: {
      error: (code, metadata) => deps.log.warn({ code, cause: causeOf(metadata) }, 'next-auth refused'),
      warn: () => {}, // only tells developers about optional environment variables
      debug: () => {},
    },
  };
}

async function stillOpen(db: Db, token: JWT): Promise<JWT> {
  const { sub: id = '', version, sid } = token;
  const sessions = sid === undefined ? {} : { sessions: { some: { id: String(sid) } } };
  const user = await db.user.findFirst({ where: { id, sessionVersion: Number(version), ...sessions } });
  if (!user) throw new Error('the session has been ended');
  return { sub: id, version, ...(sid === undefined ? {} : { sid }) };
}

/** Throws `bad-email` where GitHub has verified no address, and `over-total`. */
async function enterByGithub(deps: AuthDeps, headers: Headers, user: User): Promise<SessionClaim> {
  const email = parseEmail(user.email ?? '');
  const [viewer, caller] = [await findViewer(deps, headers), await readCaller(deps.settings, headers)];
  const proof = { email, takesAlong: true, action: 'account.sign-in-by-github' };
  return deps.db.$transaction((tx) => enterByProof(tx, { viewer, caller }, proof));
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
