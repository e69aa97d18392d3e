// The browser's way to our own API: an answer or a problem in the user's words, never an exception.

export interface Problem {
  /** Of the catalogue of errors; none when nothing answered. */
  code?: string | undefined;
  message: string;
  hint: string;
}

export type Answer<Data> = { ok: true; data: Data } | { ok: false; problem: Problem; status: number };

const UNREACHABLE: Problem = {
  message: 'Lightkeeper does not answer.',
  hint: 'Check your connection and try again; nothing was done twice.',
};

export async function callApi<Data>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<Data>> {
  try {
    const response = await fetch(path, {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : JSON_HEADERS), ...headers },
      signal: AbortSignal.timeout(60_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const data: unknown = await response.json();
    if (response.ok) return { ok: true, data: data as Data };
    return { ok: false, status: response.status, problem: problemOf(data) };
  } catch {
    return { ok: false, status: 0, problem: UNREACHABLE }; // offline, a timeout, or a proxy's page instead of JSON
  }
}

const JSON_HEADERS = { 'content-type': 'application/json' };

function problemOf(data: unknown): Problem {
  const error = (data as { error?: Partial<Problem> } | null)?.error;
  return { code: error?.code, message: error?.message ?? UNREACHABLE.message, hint: error?.hint ?? UNREACHABLE.hint };
}
