import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from './remove.ts';

/** How long Chromium may take to start and to run a script, ms of wall time. */
const PATIENCE = 120_000;

/**
 * Runs a script in real Chromium, without a window, and returns the value that it resolves with.
 * @param script the body of an async function; the value of `input` is `input` in it
 */
export function inChromium<Result>(input: unknown, script: string): Result {
  const directory = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-browser-'));
  try {
    const page = join(directory, 'page.html');
    fs.writeFileSync(page, pageOf(input, script));
    const dom = execFileSync(
      'chromium',
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--no-first-run',
        `--user-data-dir=${join(directory, 'profile')}`,
        // The DOM is printed when this much time of the page's own clock has passed with nothing left to do, ms.
        '--virtual-time-budget=60000',
        '--dump-dom',
        `file://${page}`,
      ],
      // Chromium writes below HOME, which no other test may use.
      {
        encoding: 'utf8',
        env: { ...process.env, HOME: directory },
        timeout: PATIENCE,
        maxBuffer: 2 ** 26,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const result = /<pre id="result">([^<]*)<\/pre>/.exec(dom)?.[1];
    if (result === undefined)
      throw new Error(`the script has not ended; the page is:\n${dom.slice(0, 2000)}`);
    const { value, error } = JSON.parse(decodeURIComponent(result));
    if (error !== undefined) throw new Error(`in Chromium: ${error}`);
    return value;
  } finally {
    removeTree(directory);
  }
}

function pageOf(input: unknown, script: string): string {
  return `<!doctype html><meta charset="utf-8"><body><script>
const input = JSON.parse(decodeURIComponent(${JSON.stringify(encodeURIComponent(JSON.stringify(input)))}));
(async () => { ${script} })()
  .then((value) => ({ value }), (error) => ({ error: String(error?.stack ?? error) }))
  .then((result) => {
    const pre = document.createElement('pre');
    pre.id = 'result';
    pre.textContent = encodeURIComponent(JSON.stringify(result));
    document.body.append(pre);
  });
</script>
`;
}
