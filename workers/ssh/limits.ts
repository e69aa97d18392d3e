// What one connection, one source and the whole process may take. OpenSSH's numbers where it has them (sshd_config(5)).

import type { NobodiesLimits } from './console/nobodies.ts';

export interface SshLimits extends NobodiesLimits {
  /** From the first byte to a login. */
  loginGraceMs: number;
  /** Wrong passwords and signatures on one connection. */
  wrongGuessesMax: number;
  /** Requests for authentication of any kind on one connection: clients with many keys offer them one by one. */
  authRequestsMax: number;
  /** A wrong guess is answered no sooner than this, right name or not. */
  wrongGuessMs: number;
  sessionsPerConnectionMax: number;
  forwardsPerConnectionMax: number;
  connectionsPerSiteMax: number;
  connectionsMax: number;
  /** Connections that have not logged in. The oldest of the busiest source makes room. */
  strangersMax: number;
  strangersPerSourceMax: number;
  /** Output that the client has not taken: above, its sources wait; and the most before it is cut. */
  outputHighBytes: number;
  outputBytesMax: number;
  /** Input that nobody in the container has read: of one channel (ssh2 opens its window anew at half), and of the process. */
  channelInputBytesMax: number;
  inputBytesMax: number;
  idleMs: number;
  keepaliveMs: number;
  keepalivesMax: number;
}

export const SSH_LIMITS: SshLimits = {
  loginGraceMs: 20_000,
  wrongGuessesMax: 6,
  authRequestsMax: 20,
  wrongGuessMs: 400,
  sessionsPerConnectionMax: 10,
  forwardsPerConnectionMax: 20,
  connectionsPerSiteMax: 20,
  connectionsMax: 2_000,
  strangersMax: 200,
  strangersPerSourceMax: 50,
  outputHighBytes: 1024 * 1024,
  outputBytesMax: 4 * 1024 * 1024,
  channelInputBytesMax: 4 * 1024 * 1024 + 64 * 1024,
  inputBytesMax: 128 * 1024 * 1024,
  nobodiesMax: 100,
  nobodiesPerSourceMax: 10,
  nobodyMs: 20 * 60_000,
  idleMs: 3_600_000,
  keepaliveMs: 15_000,
  keepalivesMax: 3,
};
