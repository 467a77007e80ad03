/*
 * A process that sends one request, as the built program does. Arguments: the URL, the deadline in ms, a name server. It
 * prints the outcome and then has nothing more to do, so that tests can measure when the process ends.
 */
import { writeSync } from 'node:fs';
import { requestJson } from '../../../src/fetch/client.ts';
import { createTransport } from '../../../src/fetch/transport.ts';

const [url = '', timeout, server] = process.argv.slice(2);
const settings = server ? { dns: { servers: [server], hostsFile: '/nonexistent' } } : {};
void requestJson(createTransport(settings), {
  url,
  headers: { authorization: 'Bearer sk-ant-oat01-EXAMPLE-NOT-A-TOKEN' },
  timeoutMs: Number(timeout),
}).then((outcome) => writeSync(1, JSON.stringify(outcome)));
