/** A home without a login whose transcripts have all been read: the cost of an estimate. */
import fs from 'node:fs';
import { join } from 'node:path';
import { generate } from '../test/fetch/claude/transcripts/generate.mjs';
import { run } from './measure.mjs';
import { program } from './stage.mjs';

const MINUTE = 60_000;
/** After a minute the program begins to look at everything again; until then no call is due for that. */
const SERVES = 30_000;
/** The age of the latest transcript: a newer one would be read again. */
const AGO = 10 * MINUTE;
/** Each run reads for ten seconds. */
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
  const journal = join(files, 'transcripts.new');
  // Without a login there is no request; if the program sent one, it would fail here.
  const env = { HOME: home, XDG_CACHE_HOME: cache, TZ: 'UTC', HTTPS_PROXY: 'http://127.0.0.1:9' };
  const until = Date.now() - AGO;
  generate(projects, { seed: 7, until, ...size });
  putBack(projects, until);

  /** Of the journal the first line, which says what was looked at and when. There is none before all is read. */
  const lines = () => fs.readFileSync(journal, 'utf8').split('\n');
  const head = () => JSON.parse(lines()[0]);
  const settled = () => Date.now() - head().listed_at < SERVES && head().round === null;
  const read = (...argv) => {
    const { stdout, stderr } = run(process.execPath, [program, ...argv], env);
    if (stderr !== '') throw new Error(`${home}: ${stderr}`);
    return stdout;
  };
  for (let readings = 0; !fs.existsSync(journal); readings += 1) {
    if (readings === MOST_READINGS) throw new Error(`${home}: too much to be read`);
    read('show', '--cached');
  }
  return {
    env,
    /** Unmeasured runs, after which the next one has nothing else to read than its own files. */
    lookedAt() {
      for (let runs = 0; !settled(); runs += 1) {
        if (runs === MOST_READINGS) throw new Error(`${home}: looked at again and again`);
        read('--cached');
      }
    },
    /** Moves the time of the last full read two minutes into the past. */
    dueForAll() {
      const [, ...rest] = lines();
      const due = JSON.stringify({ ...head(), listed_at: Date.now() - 2 * MINUTE, round: null });
      fs.writeFileSync(journal, [due, ...rest].join('\n'));
    },
    /** Throws when more or fewer files were read than intended. */
    expectLook(more) {
      const { listed_at: listedAt, round } = head();
      const begun = round !== null || Date.now() - listedAt < SERVES;
      if (more ? !begun : !settled()) throw new Error(`${home}: not what was to be looked at`);
    },
  };
}

/** The folders are new, and a new folder is read again. */
function putBack(folder, until) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) putBack(join(folder, entry.name), until);
  fs.utimesSync(folder, until / 1000, until / 1000);
}
