// next-auth's own routes: the admin's sign-in, GitHub's, sign-out and the session. Bodies are bounded before it reads them.

import { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { readBody } from '#lib/api/body.ts';
import { json } from '#lib/api/handle.ts';
import { services } from '#lib/api/services.ts';
import { translateError } from '#lib/api/translate-error.ts';
import { authOptions } from '#lib/auth/options.ts';
import { checkOrigin } from '#lib/auth/origin.ts';

type Context = { params: Promise<{ nextauth: string[] }> };

async function answer(request: NextRequest, context: Context): Promise<Response> {
  return NextAuth(request, context, authOptions(services(), request.headers));
}

export const GET = answer;

export async function POST(request: NextRequest, context: Context): Promise<Response> {
  try {
    checkOrigin(services().settings.appUrl, request.headers);
    const body = new Uint8Array(await readBody(request));
    return await answer(new NextRequest(request.url, { method: 'POST', headers: request.headers, body }), context);
  } catch (error) {
    const { status, headers, body } = translateError(error, services().log, 'POST /api/auth');
    return json(body, status, headers);
  }
}
