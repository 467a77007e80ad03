import { vi } from 'vitest';

// Every test of the transport once more, under a Node in which undici's parser cannot run.
vi.stubGlobal('WebAssembly', undefined);
await import('./transport.test.ts');
await import('./proxy.test.ts');
