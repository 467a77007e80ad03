import fs from 'node:fs';
import { join } from 'node:path';
import { RESULTS_DIRECTORY } from './results.ts';
import type { Row } from './results.ts';

/**
 * Collects the rows of a run. With `FAULTS=write` in the environment it writes them to docs/specs/faults.md. Other runs
 * leave the page alone, because the times differ from run to run.
 */
export default function setup(): () => void {
  fs.rmSync(RESULTS_DIRECTORY, { recursive: true, force: true });
  return () => {
    if (process.env.FAULTS !== 'write') return;
    fs.writeFileSync(new URL('../../docs/specs/faults.md', import.meta.url), `${INTRODUCTION}\n${table()}`);
  };
}

const INTRODUCTION = `# Faults

Every row is a real fault that happens to the built program: real processes, files, sockets and clocks, no part of the
program replaced. A row passes when

- the text, the exit code, the number of requests and the files are as listed,
- the output is one line of printable text (unless the row is about \`show\` or \`--json\`), with nothing on standard error,
- no part of the token is in any output or file,
- the wall time stays within the promised time, in parentheses.

This page is generated: \`FAULTS=write npm run test:faults\` runs all rows and writes it. \`npm run test:faults\` runs them
without writing, and \`npm run test:faults -- -t network-07\` runs one. CI runs all of them. Times are from a machine with two busy cores.
`;

/** Replaces the temporary home directory of a test, whose name differs from run to run. */
const withoutHome = (text: string) => text.replaceAll(/\/[\w/.-]*usageline-home-\w+/g, '~');

function table(): string {
  const rows = fs
    .readdirSync(RESULTS_DIRECTORY)
    .sort()
    .flatMap((name) => JSON.parse(fs.readFileSync(join(RESULTS_DIRECTORY, name), 'utf8')) as Row[]);
  const head = '| Row | Fault | Printed | Exit | Files afterwards | Requests | ms (promised) |';
  const lines = rows.map(
    ({ id, fault, printed, exit, files, requests, ms, within }) =>
      `| ${[id, fault, printed === '' ? 'nothing' : `\`${withoutHome(printed)}\``, exit, files, requests, `${ms} (${within})`].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`,
  );
  return `${rows.length} rows.\n\n${head}\n|---|---|---|---|---|---|---|\n${lines.join('')}`;
}
