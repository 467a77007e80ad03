import { Input, INPUT_PATIENCE_MS } from './stdin.ts';

/** Reads standard input by Node's stream: for sockets, and on platforms other than Linux. */
export function readStdinStream(): Promise<Input> {
  return new Promise((resolve) => {
    const input = new Input();
    const done = () => {
      stream.removeAllListeners('data');
      stream.pause();
      resolve(input);
    };
    const stream = process.stdin;
    stream.on('data', (chunk: Buffer) => {
      if (!input.add(chunk) || input.complete) done();
    });
    stream.on('end', done);
    stream.on('error', done);
    // On a busy machine the timer can fire before the first read. One more turn of the event loop reads what has arrived.
    setTimeout(() => setImmediate(done), INPUT_PATIENCE_MS);
  });
}
