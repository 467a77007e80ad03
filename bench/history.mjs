/** A home without a login whose transcripts have all been read: the cost of an estimate. */
import fs from 'node:fs';
import { join } from 'node:path';
import { generate } from '../test/fetch/claude/transcripts/generate.mjs';
import { run } from './measure.mjs';
import { program } from './stage.mjs';

const MINUTE = 60_000;
/** A prepared estimate is shown for a minute; a younger one leaves a call this long to do so, ms. */
const SERVES = 30_000;
/** The age of the latest transcript, ms: a newer one would be read again. */
const AGO = 10 * MINUTE;
/** Each scans for ten seconds at most. */
const MOST_READINGS = 30;

/** The output for a history without a login. */
export const ESTIMATE = /^(~5h [\d.]+[kMG]? · )?~7d [\d.]+[kMG]? · no data\n$/;

/**
 * Generates transcripts, and runs the program until all of them have been read.
 *
 * @param size as for `generate`
 */
export function createHistory(home, size) {
  const projects = join(home, '.claude', 'projects');
  const cache = join(home, 'cache');
  const files = join(cache, 'usageline', 'claude');
  const prepared = join(files, 'transcripts.json');
  // Without a login there is no request. One would fail at this proxy.
  const env = { HOME: home, XDG_CACHE_HOME: cache, TZ: 'UTC', HTTPS_PROXY: 'http://127.0.0.1:9' };
  const until = Date.now() - AGO;
  generate(projects, { seed: 7, until, ...size });

  const estimate = () => JSON.parse(fs.readFileSync(prepared, 'utf8'));
  const isRecent = () => Date.now() - estimate().scanned_at < SERVES;
  const read = (...argv) => {
    const { stdout, stderr } = run(process.execPath, [program, ...argv], env);
    if (stderr !== '') throw new Error(`${home}: ${stderr}`);
    return stdout;
  };
  for (let readings = 0; !fs.existsSync(prepared) || !estimate().complete; readings += 1) {
    if (readings === MOST_READINGS) throw new Error(`${home}: too much to be read`);
    read('show', '--cached');
  }
  return {
    env,
    /** A scan that is not measured, where the prepared estimate is about to be too old. */
    prepare() {
      if (!isRecent()) read('show', '--cached');
    },
    /** As if the last scan were two minutes ago. */
    expire() {
      fs.writeFileSync(prepared, JSON.stringify({ ...estimate(), scanned_at: Date.now() - 2 * MINUTE }));
    },
    /** Throws when the call did not scan although the estimate was too old. */
    expectScan() {
      if (!isRecent()) throw new Error(`${home}: not scanned`);
    },
  };
}
