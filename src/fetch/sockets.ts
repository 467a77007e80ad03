import type { Socket } from 'node:net';

/** Whether one of the sockets has sent bytes of a request, or of a request for a tunnel. A handshake does not count. */
export function isAnyUsed(sockets: Iterable<Socket>): boolean {
  return [...sockets].some(({ bytesWritten }) => bytesWritten > 0);
}
