// Puts a Content-Security-Policy with a fresh nonce on every page. Next reads the nonce from the request's header and
// gives it to its own scripts; everything else inline is refused by the browser. Gives a browser that comes to the launch
// page a key, by which clicks in all its tabs are one launch.

import { randomBytes, randomUUID } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { cookieOf } from '#lib/auth/session.ts';
import { settings } from '#lib/env.ts';

export function proxy(request: NextRequest): NextResponse {
  const policy = renderPolicy(randomBytes(16).toString('base64'));
  const headers = new Headers(request.headers);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  const { name, options } = cookieOf(settings(), 'launch');
  if (LAUNCH_PAGES.has(request.nextUrl.pathname) && !request.cookies.has(name)) {
    response.cookies.set(name, randomUUID(), { ...options, maxAge: LAUNCH_KEY_SECONDS });
  }
  return response;
}

const LAUNCH_PAGES = new Set(['/', '/new']);
const LAUNCH_KEY_SECONDS = 24 * 60 * 60;

export const config = {
  matcher: ['/((?!_next/static|api/|metrics$|healthz|brand/|pages/|launch-badge.svg|icon.svg).*)'],
};

function renderPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
