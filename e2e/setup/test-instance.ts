// The instance that the end-to-end tests use: its own name, directories, ports and network, so that it runs beside
// another one on the same machine.

import os from 'node:os';

/** Several checkouts on one machine can test at a time: each sets another even number up to 8, and uses the next one, too. */
export const TEST_SLOT = Number(process.env.LIGHTKEEPER_TEST_SLOT ?? 0);

/** An address of a closed range that the instance opens with this port alone (e2e/setup/world.ts). */
export const WORLD_ALLOWED = worldAllowed(TEST_SLOT);
export const TEST_INSTANCE = testInstance(TEST_SLOT);
export const SECOND_INSTANCE = secondInstance(TEST_SLOT);

function worldAllowed(slot: number) {
  return [`198.18.77.${slot + 1}`, 7003] as const;
}

function portOf(slot: number, first: number): string {
  return String(first + 100 * slot);
}

function suffixOf(slot: number): string {
  return slot === 0 ? '' : String(slot);
}

export function testInstance(slot: number) {
  const suffix = suffixOf(slot);
  const port = (first: number) => portOf(slot, first);
  return {
    LIGHTKEEPER_INSTANCE: `lktest${suffix}`,
    LIGHTKEEPER_DATA_DIR: `/var/lib/lightkeeper-test${suffix}`,
    LIGHTKEEPER_HTTP_PORT: port(18_080),
    LIGHTKEEPER_WEB_PORT: port(18_081),
    LIGHTKEEPER_SSH_GATEWAY_PORT: port(12_222),
    LIGHTKEEPER_SSH_PORTS: `${23_000 + 800 * slot}-${23_199 + 800 * slot}`,
    LIGHTKEEPER_SUBNET: `10.${214 + 10 * Math.min(slot, 1)}.${16 * slot}.0/20`,
    LIGHTKEEPER_EGRESS_ALLOW: worldAllowed(slot).join(':'),
    LIGHTKEEPER_POOL_SIZE: '10GB',
    LIGHTKEEPER_READY_SITES: '2',
    LIGHTKEEPER_LAUNCHES_PER_HOUR: '10000',
    LIGHTKEEPER_REQUESTS_PER_MINUTE: '1000000',
    LIGHTKEEPER_CHANGES_PER_MINUTE: '1000000',
    LIGHTKEEPER_SITES_PER_ADDRESS: '1000',
    LIGHTKEEPER_DRAIN_SECONDS: '2',
    LIGHTKEEPER_CHECK_SECONDS: '20',
    // A test's own servers: mail at this port, users' webhooks at this address and no other private one.
    LIGHTKEEPER_SMTP_URL: `smtp://127.0.0.1:${port(16_025)}`,
    LIGHTKEEPER_MAIL_FROM: 'Lightkeeper <alerts@example.org>',
    LIGHTKEEPER_ALERT_ALLOW: '127.0.0.2/32',
    // Domains: a DNS and a certificate authority of the test's own (e2e/setup/acme.ts).
    LIGHTKEEPER_HTTPS_PORT: port(18_082),
    LIGHTKEEPER_DNS: `127.0.0.1:${port(16_053)}`,
    LIGHTKEEPER_PUBLIC_ADDRESSES: '203.0.113.77',
    LIGHTKEEPER_ACME_URL: `https://localhost:${port(16_043)}/acme/local/directory`,
    LIGHTKEEPER_ACME_CA_FILE: `${os.tmpdir()}/lightkeeper-test-acme${suffix}/pki/authorities/local/root.crt`,
    // A GitHub of the test's own.
    LIGHTKEEPER_GITHUB_ID: 'lightkeeper-test',
    LIGHTKEEPER_GITHUB_SECRET: 'a-secret-of-the-oauth-app',
    LIGHTKEEPER_GITHUB_URL: `http://127.0.0.1:${port(16_080)}`,
    // Repositories that sites are launched from.
    LIGHTKEEPER_IMPORT_ALLOW: '127.0.0.3/32',
  };
}

/** A second one beside it, for the tests that take an instance down or kill it. */
export function secondInstance(slot: number) {
  const suffix = suffixOf(slot);
  const port = (first: number) => portOf(slot, first);
  return {
    ...testInstance(slot),
    LIGHTKEEPER_INSTANCE: `lktwo${suffix}`,
    LIGHTKEEPER_DATA_DIR: `/var/lib/lightkeeper-second${suffix}`,
    LIGHTKEEPER_HTTP_PORT: port(19_180),
    LIGHTKEEPER_WEB_PORT: port(19_181),
    LIGHTKEEPER_HTTPS_PORT: port(19_182),
    LIGHTKEEPER_SSH_GATEWAY_PORT: port(13_322),
    LIGHTKEEPER_SSH_PORTS: `${24_100 + 800 * slot}-${24_149 + 800 * slot}`,
    LIGHTKEEPER_SUBNET: `10.${218 + 10 * Math.min(slot, 1)}.${16 * slot}.0/20`,
    LIGHTKEEPER_POOL_SIZE: '5GB',
    LIGHTKEEPER_READY_SITES: '1',
  };
}

/** Debian packages the tests need besides the product's, by a program each brings. */
export const TEST_PACKAGES = {
  caddy: '/usr/bin/caddy',
  chromium: '/usr/bin/chromium',
  sshpass: '/usr/bin/sshpass',
  'openssh-client': '/usr/bin/ssh',
  rsync: '/usr/bin/rsync',
  wrk: '/usr/bin/wrk',
  'openssh-sftp-server': '/usr/lib/openssh/sftp-server',
  procps: '/usr/bin/pgrep',
  'python3-venv': '/usr/bin/python3',
  curl: '/usr/bin/curl',
};
