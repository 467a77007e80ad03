/** A home without a login whose transcripts have all been read: what an estimate costs then. */
import fs from 'node:fs';
import { join } from 'node:path';
import { generate } from '../test/transcripts/generate.mjs';
import { run } from './measure.mjs';
import { program } from './stage.mjs';

const MINUTE = 60_000;
/** The program looks at everything again after a minute; until then no call is due for that. */
const SERVES = 30_000;
/** So old is the latest transcript: what was written just now is read again. */
const AGO = 10 * MINUTE;
/** Each reads for ten seconds. */
const MOST_READINGS = 30;

/** What is shown of a history without a login. */
export const ESTIMATE = /^(~5h [\d.]+[kMG]? · )?~7d [\d.]+[kMG]? · no data\n$/;

/**
 * Generates transcripts, and reads them until there is nothing left to be read.
 * @param size as for `generate`
 */
export function createHistory(home, size) {
  const projects = join(home, '.claude', 'projects');
  const cache = join(home, 'cache');
  const state = join(cache, 'usageline', 'claude', 'transcripts.json');
  // Nobody is asked without a login, and should it ask all the same, then this is as far as it gets.
  const env = { HOME: home, XDG_CACHE_HOME: cache, TZ: 'UTC', HTTPS_PROXY: 'http://127.0.0.1:9' };
  const until = Date.now() - AGO;
  generate(projects, { seed: 7, until, ...size });
  putBack(projects, until);

  const lines = () => fs.readFileSync(state, 'utf8').split('\n');
  const summary = () => JSON.parse(lines()[0]);
  const read = (...argv) => {
    const { stdout, stderr } = run(process.execPath, [program, ...argv], env);
    if (stderr !== '') throw new Error(`${home}: ${stderr}`);
    return stdout;
  };
  for (let readings = 0; readings === 0 || !summary().complete; readings += 1) {
    if (readings === MOST_READINGS) throw new Error(`${home}: too much to be read`);
    read('show', '--cached');
  }
  let before = 0;

  return {
    env,
    /** One run that nobody measures, where the next one would have to look at everything. */
    lookedAt() {
      if (Date.now() - summary().listed_at >= SERVES) {
        this.dueForAll();
        read('--cached');
      }
      before = summary().listed_at;
    },
    /** As if it were two minutes since everything was looked at. */
    dueForAll() {
      const [first, ...rest] = lines();
      before = Date.now() - 2 * MINUTE;
      const due = JSON.stringify({ ...JSON.parse(first), listed_at: before });
      fs.writeFileSync(state, [due, ...rest].join('\n'));
    },
    /** Throws when something was left unread, or more or less looked at than was meant. */
    expectLook(everything) {
      const { complete, listed_at: listedAt } = summary();
      if (!complete) throw new Error(`${home}: not all was read`);
      if (listedAt > before !== everything) throw new Error(`${home}: not what was to be looked at`);
    },
  };
}

/** Folders were made just now, and what was changed just now is looked at again. */
function putBack(folder, until) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) putBack(join(folder, entry.name), until);
  fs.utimesSync(folder, until / 1000, until / 1000);
}
