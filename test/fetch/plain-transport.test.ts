import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

// The first use of Node's own `fetch` starts its parser, which would fail during the tests without WebAssembly.
const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
await once(server, 'listening');
await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
server.close();

// Every test of the transport once more, under a Node in which undici's parser cannot run.
vi.stubGlobal('WebAssembly', undefined);
await import('./transport.test.ts');
await import('./proxy.test.ts');
