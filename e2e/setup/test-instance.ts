// The instance that the end-to-end tests use: its own name, directories, ports and network, so that it runs beside
// another one on the same machine.

export const TEST_INSTANCE = {
  LIGHTKEEPER_INSTANCE: 'lktest',
  LIGHTKEEPER_DATA_DIR: '/var/lib/lightkeeper-test',
  LIGHTKEEPER_HTTP_PORT: '18080',
  LIGHTKEEPER_WEB_PORT: '18081',
  LIGHTKEEPER_SSH_GATEWAY_PORT: '12222',
  LIGHTKEEPER_SSH_PORTS: '23000-23199',
  LIGHTKEEPER_SUBNET: '10.214.0.0/20',
  LIGHTKEEPER_POOL_SIZE: '10GB',
  LIGHTKEEPER_READY_SITES: '2',
  LIGHTKEEPER_LAUNCHES_PER_HOUR: '10000',
  LIGHTKEEPER_SITES_PER_ADDRESS: '1000',
  LIGHTKEEPER_DRAIN_SECONDS: '2',
  LIGHTKEEPER_CHECK_SECONDS: '20',
};

/** A second one beside it, for the tests that take an instance down or kill it. */
export const SECOND_INSTANCE = {
  ...TEST_INSTANCE,
  LIGHTKEEPER_INSTANCE: 'lktwo',
  LIGHTKEEPER_DATA_DIR: '/var/lib/lightkeeper-second',
  LIGHTKEEPER_HTTP_PORT: '19180',
  LIGHTKEEPER_WEB_PORT: '19181',
  LIGHTKEEPER_SSH_GATEWAY_PORT: '13322',
  LIGHTKEEPER_SSH_PORTS: '24100-24149',
  LIGHTKEEPER_SUBNET: '10.218.0.0/20',
  LIGHTKEEPER_POOL_SIZE: '5GB',
  LIGHTKEEPER_READY_SITES: '1',
};

/** Debian packages the tests need besides the product's, by a program each brings. */
export const TEST_PACKAGES = {
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
