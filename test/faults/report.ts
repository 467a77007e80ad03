import fs from 'node:fs';
import { join } from 'node:path';
import { RESULTS_DIRECTORY } from './results.ts';
import type { Row } from './results.ts';

/**
 * Collects the rows of a run. With `RELIABILITY=write` in the environment they become the table of
 * docs/specs/reliability.md; times differ from run to run, so the page is not written otherwise.
 */
export default function setup(): () => void {
  fs.rmSync(RESULTS_DIRECTORY, { recursive: true, force: true });
  return () => {
    if (process.env.RELIABILITY !== 'write') return;
    const page = new URL('../../docs/specs/reliability.md', import.meta.url).pathname;
    const text = fs.readFileSync(page, 'utf8');
    const [before = ''] = text.split('<!-- rows -->');
    const [, after = ''] = text.split('<!-- end of rows -->');
    fs.writeFileSync(page, `${before}<!-- rows -->\n${table()}<!-- end of rows -->${after}`);
  };
}

/** Homes of the tests differ from run to run. */
const withoutHome = (text: string) => text.replaceAll(/\/[\w/.-]*usageline-home-\w+/g, '~');

function table(): string {
  const rows = fs
    .readdirSync(RESULTS_DIRECTORY)
    .sort()
    .flatMap((name) => JSON.parse(fs.readFileSync(join(RESULTS_DIRECTORY, name), 'utf8')) as Row[]);
  const lines = rows.map(
    ({ id, fault, printed, exit, files, requests, ms, within }) =>
      `| ${[id, fault, printed === '' ? 'nothing' : `\`${withoutHome(printed)}\``, exit, files, requests, `${ms} (${within})`].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`,
  );
  return `\n${rows.length} rows.\n\n| Row | Fault | Printed | Exit | Files afterwards | Requests | ms (promised) |\n|---|---|---|---|---|---|---|\n${lines.join('')}\n`;
}
