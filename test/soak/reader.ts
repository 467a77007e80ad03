/**
 * The reader beside the storm. It reads the given files over and over until its standard input ends, and then
 * prints its result. Each file must be JSON at any time, and must not disappear once it exists.
 */
import fs from 'node:fs';
import { setPriority } from 'node:os';

const paths = process.argv.slice(2);
const there = new Set<string>();
const seen = { reads: 0, wrong: [] as string[] };

function note(what: string): void {
  if (seen.wrong.length < 20) seen.wrong.push(what);
}

function read(path: string): void {
  let text: string;
  try {
    text = fs.readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') note(`${code}: ${path}`);
    else if (there.has(path)) note(`gone: ${path}`);
    return;
  }
  there.add(path);
  seen.reads += 1;
  try {
    if (typeof JSON.parse(text) !== 'object') note(`no object: ${path}`);
  } catch {
    note(`torn after ${text.length} characters: ${path}`);
  }
}

function round(): void {
  for (const path of paths) read(path);
  if (process.stdin.readableEnded) process.stdout.write(JSON.stringify(seen));
  else setImmediate(round);
}

// As fast as possible, with less priority than the callers.
setPriority(5);
// The soak handles signals from the terminal, and then closes the standard input.
process.on('SIGINT', () => {});
process.stdin.resume();
round();
