// The one way to the engine's API: every call has a deadline, and an engine that is absent, hung or restarting is one
// error, `engine-away`, whatever the socket said.

import http from 'node:http';
import { inspect } from 'node:util';
import Docker from 'dockerode';
import { AppError } from '../../errors/app-error.ts';

export const CALL_TIMEOUT_MS = 10_000;
/** Starting and stopping wait for processes. */
export const LONG_CALL_TIMEOUT_MS = 60_000;

export interface DockerClient {
  docker: Docker;
  /**
   * Runs one request, which hands the signal on as `abortSignal` where the library takes it. Throws `engine-away` when the engine is absent or
   * does not answer in time; an answer that is an error is thrown as it came (see `statusOf`).
   */
  call<T>(what: string, request: (signal: AbortSignal) => Promise<T>, timeoutMs?: number): Promise<T>;
}

/** `address` as in DOCKER_HOST: `unix:///path`, `tcp://host:port` or `http://host:port`. */
export function createDockerClient(address: string): DockerClient {
  // Connections are not kept: a hijacked one never comes back, and one kept over a restart of the engine is dead.
  const agent = new BriefAgent({ keepAlive: false });
  const options = { ...parseAddress(address), agent };
  const docker = new Docker(options);
  return {
    docker,
    async call(what, request, timeoutMs = CALL_TIMEOUT_MS) {
      // Not AbortSignal.timeout: a request that became a stream must not be cut when the time is over.
      const deadline = new AbortController();
      const expired = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        deadline.abort();
        expired.reject(new Error(`${what} took longer than ${timeoutMs} ms`));
      }, timeoutMs);
      try {
        return await Promise.race([request(deadline.signal), expired.promise]);
      } catch (error) {
        if (!deadline.signal.aborted && !isUnreachable(error)) throw error;
        const why = deadline.signal.aborted ? `did not answer within ${timeoutMs / 1000} s` : 'cannot be reached';
        throw engineAway(why, what, error);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/**
 * docker-modem describes a request's options for its debug log before every call, whether there is such a log or not, and
 * the agent among them with all its sockets: 1.4 MB of text with thirty sessions open.
 */
class BriefAgent extends http.Agent {
  [inspect.custom](): string {
    return 'Agent';
  }
}

/** The HTTP status of an engine's error answer; null for every other error. */
export function statusOf(error: unknown): number | null {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : null;
}

/** The engine's own words; for the log, and to tell errors apart that share a status. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export interface EngineAddress {
  protocol: 'http';
  host: string | undefined;
  port: string | undefined;
  socketPath: string | undefined;
}

/** Every field is set, so that the library does not fill one from the environment. Throws `setting-invalid`. */
export function parseAddress(address: string): EngineAddress {
  const parts = /^(?:unix:\/\/(\/.+)|(?:tcp|http):\/\/([^/:]+):(\d+)\/?)$/.exec(address);
  if (!parts) {
    throw new AppError('setting-invalid', {
      message: `DOCKER_HOST=${address} is not an engine's address.`,
      hint: 'Give unix:///path/to/docker.sock or tcp://host:port, or unset it to use the engine that Lightkeeper starts.',
    });
  }
  const [, socketPath, host, port] = parts;
  return { protocol: 'http', socketPath, host, port };
}

function engineAway(why: string, what: string, cause: unknown): AppError {
  return new AppError('engine-away', {
    message: `The container engine ${why}.`,
    hint: 'Try again in a minute; sites that run go on running. `npm run doctor` says more.',
    details: { call: what },
    cause,
  });
}

const UNREACHABLE = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

function isUnreachable(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && UNREACHABLE.has(code);
}
