// ssh2 writes each packet in two or three pieces, and every packet at once: that many system calls, and as many segments on
// the wire. What is written in one turn of the event loop goes out together.

import type { Writable } from 'node:stream';

/** Call before ssh2 gets the socket. */
export function sendTogether(socket: Writable): void {
  let isHeld = false;
  const release = () => {
    isHeld = false;
    socket.uncork();
  };
  const write = socket.write.bind(socket);
  const held = (...args: Parameters<typeof write>) => {
    if (!isHeld) {
      isHeld = true;
      socket.cork();
      setImmediate(release);
    }
    return write(...args);
  };
  socket.write = held as typeof socket.write;
}
