// The cryptography we offer: what OpenSSH 7 and newer, PuTTY and libssh2 speak, without SHA-1, CBC, and compression
// (which inflates before anything can count it). No large Diffie-Hellman groups: they cost the server more than the client.
// And no ChaCha20: ssh2 computes its Poly1305 outside of OpenSSL, for twice the processor time of AES, and OpenSSH prefers it.

import type { Algorithms } from 'ssh2';

export const ALGORITHMS: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
};
