import type { Socket } from 'node:net';

/** Whether bytes of a request, or of one for a tunnel, may have left through one of the sockets. A handshake has none. */
export function isAnyUsed(sockets: Iterable<Socket>): boolean {
  return [...sockets].some(({ bytesWritten }) => bytesWritten > 0);
}
