// HAProxy's one static configuration. Routes are not in it: they are a map that changes at run time without a reload.

import { writeTarget } from './map.ts';
import { ASLEEP, AWAY, HELD } from './proxy.ts';

/** For so long a request may go on knocking at the address that its site had when it came. */
const CONNECT_SECONDS = 1;
const CONNECT_RETRIES = 2;
export const CONNECT_MS_MAX = CONNECT_SECONDS * 1000 * (CONNECT_RETRIES + 1);

/** The table that counts the open requests of each host. */
export const OPEN_REQUESTS = 'open';

/**
 * Requests that may wait for one site to wake, and all the others are told to come back: the places at the waker are for
 * all sites (lib/sites/wake-server.ts), and a site that takes long to wake must not have them all.
 */
export const WAITING_MAX = 250;

/** All that may be open at a time, and those of one site: whoever answers without end takes its own places alone. */
const OPEN_MAX = 8_000;
const OPEN_PER_SITE_MAX = 1_000;

/** Read by waker.lua. */
const WAKE_SOCKET_VARIABLE = 'LIGHTKEEPER_WAKE_SOCKET';

export interface ProxyConfig {
  /** Addresses to listen on, with their port. */
  binds: string[];
  /** Host names that are the app itself. */
  appHosts: string[];
  webAddress: string;
  gitSocket: string;
  terminalSocket: string;
  adminSocket: string;
  mapFile: string;
  /** From hosts that sites had before to where these are (lib/proxy/maps.ts). */
  movedFile: string;
  /** From domains to the hosts of their sites, and those of them that are to be visited over HTTPS, with their origin. */
  domainsFile: string;
  secureFile: string;
  /** What a certificate authority asks for, by path. */
  challengesFile: string;
  /** Null: HTTP alone. `list` has a file for each certificate (lib/proxy/certificates.ts). */
  https: { binds: string[]; list: string } | null;
  /** Has a site woken and answers where it is; `script` is lib/proxy/waker.lua. */
  waker: { script: string; socket: string };
  /** The keeper's: takes a line about each request to a site (lib/usage/request-lines.ts). */
  requestsSocket: string;
  /** Of the app, as people open it: the start of the address of a site's page. */
  appUrl: string;
  /** Directory of the pages a visitor sees instead of a site. */
  pagesDir: string;
  user: string | null;
}

/** Of a proxy's, and not set below: whatever a visitor says in them is not so. */
const HEADERS_OF_PROXIES = ['x-real-ip', 'forwarded'];

/** The configuration text (HAProxy 2.6 configuration manual, sections 3 and 4). */
export function renderProxyConfig(config: ProxyConfig): string {
  return `${[...globalSection(config), ...requestRing(config), ...defaultsSection(config), ...frontend(config), ...backends(config)].join('\n')}\n`;
}

function globalSection(config: ProxyConfig): string[] {
  return [
    'global',
    `  maxconn ${OPEN_MAX}`,
    `  stats socket ${config.adminSocket} mode 600 level admin`,
    '  hard-stop-after 30s',
    '  tune.maxrewrite 2048',
    // Debian's 2.6 hands no arguments to a script.
    `  setenv ${WAKE_SOCKET_VARIABLE} ${config.waker.socket}`,
    `  lua-load ${config.waker.script}`,
    // In megabytes: what waits for sites to wake.
    '  tune.lua.maxmem 128',
    // Without the group it would keep root's, and a way to the engine's socket.
    ...(config.user ? [`  user ${config.user}`, `  group ${config.user}`] : []),
  ];
}

/** Holds lines while the keeper is away, and forgets the oldest when it is full: no request waits for it. */
function requestRing({ requestsSocket }: ProxyConfig): string[] {
  return [
    'ring requests',
    '  format raw',
    '  maxlen 512',
    '  size 1048576',
    '  timeout connect 5s',
    '  timeout server 1h',
    `  server keeper unix@${requestsSocket} log-proto octet-count`,
  ];
}

/** The timeouts are the first wall against slow clients: a header within 10 s, a stalled peer for a minute at most. */
function defaultsSection({ pagesDir }: ProxyConfig): string[] {
  return [
    'defaults',
    '  mode http',
    '  timeout http-request 10s',
    '  timeout http-keep-alive 30s',
    '  timeout client 60s',
    `  timeout connect ${CONNECT_SECONDS}s`,
    '  timeout server 120s',
    '  timeout queue 10s',
    '  timeout tunnel 1h',
    '  timeout client-fin 10s',
    `  retries ${CONNECT_RETRIES}`,
    '  option redispatch',
    ...[502, 503, 504].map(
      (status) =>
        `  http-error status ${status} content-type "text/html; charset=utf-8" file ${pagesDir}/unavailable.html`,
    ),
  ];
}

function frontend(config: ProxyConfig): string[] {
  const isAsleep = `{ var(txn.route) -m str ${writeTarget(ASLEEP)} }`;
  const isHeld = `{ var(txn.route) -m str ${writeTarget(HELD)} }`;
  const isApp = `{ var(txn.host) -m str ${config.appHosts.join(' ')} }`;
  return [
    'frontend web',
    ...config.binds.map((bind) => `  bind ${bind}`),
    // Strict: a name without a certificate has no HTTPS, rather than another's, and there may be none at all.
    ...(config.https?.binds ?? []).map(
      (bind) => `  bind ${bind} ssl crt-list ${config.https?.list} strict-sni ssl-min-ver TLSv1.2 alpn h2,http/1.1`,
    ),
    '  log ring@requests format raw local0',
    '  log-format "%[var(txn.host)] %ST %Ta"',
    '  option dontlognull',
    '  stick-table type ipv6 size 100k expire 1m store conn_cur',
    '  tcp-request connection track-sc0 src',
    '  tcp-request connection reject if { sc0_conn_cur gt 2000 }',
    '  http-request deny deny_status 400 if { req.hdr_cnt(host) gt 1 }',
    ...HEADERS_OF_PROXIES.map((header) => `  http-request del-header ${header}`),
    '  http-request set-header X-Forwarded-For %[src]',
    '  http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]',
    '  http-request set-header X-Forwarded-Host %[req.hdr(host)]',
    '  http-request set-var(txn.host) req.hdr(host),field(1,:),lower',
    `  http-request set-var(txn.app) str(yes) if ${isApp}`,
    `  http-request return status 200 content-type text/plain lf-string "%[path,map(${config.challengesFile})]" if { path_beg /.well-known/acme-challenge/ } { path,map(${config.challengesFile}) -m found } !{ var(txn.app) -m found }`,
    `  http-request return status 308 hdr Location "%[var(txn.host),map(${config.secureFile})]%[pathq]" if !{ ssl_fc } { var(txn.host),map(${config.secureFile}) -m found }`,
    // From here on a domain is its site's host: routes, waking and counting know of no other.
    `  http-request set-var(txn.host) var(txn.host),map(${config.domainsFile}) if { var(txn.host),map(${config.domainsFile}) -m found }`,
    // Counted before the route is read: who puts a site to sleep looks here after it has changed the route.
    `  http-request track-sc1 var(txn.host) table ${OPEN_REQUESTS} if { var(txn.host),map(${config.mapFile}) -m found }`,
    `  http-request set-var(txn.route) var(txn.host),map(${config.mapFile})`,
    '  http-request set-log-level silent unless { var(txn.route) -m found }',
    // For a minute only: a site may take its name back.
    `  http-request return status 308 hdr Location "%[var(txn.host),map(${config.movedFile})]%[pathq]" hdr Cache-Control max-age=60 if { var(txn.host),map(${config.movedFile}) -m found }`,
    `  http-request return status 404 content-type "text/html; charset=utf-8" file ${config.pagesDir}/not-found.html unless { var(txn.app) -m found } or { var(txn.route) -m found }`,
    `  http-request return status 503 content-type "text/html; charset=utf-8" file ${config.pagesDir}/unavailable.html hdr Retry-After 5 if { var(txn.route) -m str ${writeTarget(AWAY)} }`,
    `  http-request return status 503 content-type "text/html; charset=utf-8" file ${config.pagesDir}/over-limit.html hdr Retry-After 10 if { sc1_conn_cur(${OPEN_REQUESTS}) gt ${OPEN_PER_SITE_MAX} }`,
    `  http-request set-var-fmt(txn.page) "${new URL(config.appUrl).origin}/sites/%[var(txn.host),field(1,.)]" if ${isHeld}`,
    `  http-request return status 503 content-type "text/html; charset=utf-8" lf-file ${config.pagesDir}/held.html if ${isHeld}`,
    `  http-request lua.wake if ${isAsleep} { sc1_conn_cur(${OPEN_REQUESTS}) le ${WAITING_MAX} }`,
    `  http-request set-var-fmt(txn.page) "${new URL(config.appUrl).origin}/sites/%[var(txn.host),field(1,.)]" if ${isAsleep}`,
    `  http-request return status 503 content-type "text/html; charset=utf-8" lf-file ${config.pagesDir}/did-not-wake.html hdr Retry-After 10 if ${isAsleep}`,
    '  use_backend git if { var(txn.app) -m found } { path_reg ^/[^/]+\\.git/ }',
    '  use_backend terminal if { var(txn.app) -m found } { path_reg ^/api/sites/[^/]+/terminal$ }',
    '  use_backend app if { var(txn.app) -m found }',
    '  default_backend sites',
  ];
}

function backends(config: ProxyConfig): string[] {
  return [
    'backend app',
    `  server web ${config.webAddress}`,
    'backend git',
    '  timeout server 30m',
    `  server git unix@${config.gitSocket}`,
    'backend terminal',
    `  server terminal unix@${config.terminalSocket}`,
    `backend ${OPEN_REQUESTS}`,
    '  stick-table type string len 255 size 100k expire 10s store conn_cur',
    'backend sites',
    // Only within a visitor's own connection. How many idle ones are worth keeping for others is guessed from all sites
    // together: one that is busy would let hundreds pile up at another, each a thread of its app.
    '  http-reuse never',
    '  retry-on conn-failure empty-response',
    '  http-request disable-l7-retry unless METH_GET',
    '  http-request set-dst var(txn.route),field(1,:)',
    '  http-request set-dst-port var(txn.route),field(2,:)',
    '  server site 0.0.0.0:0',
  ];
}
