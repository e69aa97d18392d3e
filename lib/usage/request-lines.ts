// The proxy's line about each request (lib/proxy/config.ts): host, status, milliseconds. Framed by their length
// (RFC 6587, octet counting) on a stream. Hosts and statuses come from strangers in the end, so nothing else passes, and
// what is kept is bounded. Pure but for its memory.

import { count } from './latency.ts';

export interface Visits {
  requests: number;
  errors: number;
  latency: number[];
}

export interface RequestTally {
  /** Takes a piece of the stream. False: this is no such stream, and nothing more of it can be understood. */
  take(piece: string): boolean;
}

/** By host, and how many lines could not be read. */
export interface Tallied {
  hosts: Map<string, Visits>;
  refused: number;
}

export interface RequestCounter {
  /** One for each connection. */
  open(): RequestTally;
  /** What came since the last time. */
  collect(): Tallied;
}

const LINE_CHARS_MAX = 512;
/** More than a machine has sites: a host is only written down when it has a route. */
const HOSTS_MAX = 5_000;
const LINE = /^([a-z0-9][a-z0-9.-]{0,252}) (\d{3}) (\d{1,9})\n?$/;
const LENGTH = /^[1-9]\d{0,2}$/;
/** Its time is that of the whole conversation, which says nothing about speed. */
const SWITCHED = 101;

export function createRequestCounter(): RequestCounter {
  let hosts = new Map<string, Visits>();
  let refused = 0;

  const add = (line: string) => {
    const request = parseRequestLine(line);
    const visits = request && (hosts.get(request.host) ?? (hosts.size < HOSTS_MAX ? noVisits() : null));
    if (!visits) {
      refused += 1;
      return;
    }
    hosts.set(request.host, visits);
    visits.requests += 1;
    if (request.status >= 500) visits.errors += 1;
    if (request.status !== SWITCHED) count(visits.latency, request.millis);
  };

  return {
    open() {
      let rest = '';
      return {
        take(piece) {
          const text = rest + piece;
          let start = 0;
          for (;;) {
            const space = text.indexOf(' ', start);
            if (space < 0 || space - start > 3) break;
            const length = text.slice(start, space);
            if (!LENGTH.test(length) || Number(length) > LINE_CHARS_MAX) return false;
            const end = space + 1 + Number(length);
            if (end > text.length) break;
            add(text.slice(space + 1, end));
            start = end;
          }
          rest = text.slice(start);
          return rest.length <= LINE_CHARS_MAX + 4 && /^(\d{0,3}$|\d{1,3} )/.test(rest);
        },
      };
    },
    collect() {
      const tallied = { hosts, refused };
      hosts = new Map();
      refused = 0;
      return tallied;
    },
  };
}

/** Null: not a line about a request to a site. */
export function parseRequestLine(line: string): { host: string; status: number; millis: number } | null {
  const [, host, status, millis] = LINE.exec(line) ?? [];
  return host && status && millis ? { host, status: Number(status), millis: Number(millis) } : null;
}

function noVisits(): Visits {
  return { requests: 0, errors: 0, latency: [] };
}
