import fs from 'node:fs';
import { join } from 'node:path';
import { run } from './measure.mjs';
import { authority, program } from './stage.mjs';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** So long a prepared line serves as many hits as come; it would be true for two minutes more. */
const SERVES = 40 * SECOND;

const LOGIN = {
  claudeAiOauth: {
    accessToken: 'sk-ant-oat01-EXAMPLE-NOT-A-TOKEN',
    expiresAt: 4_102_444_800_000,
    scopes: ['user:inference', 'user:profile'],
    subscriptionType: 'max',
    rateLimitTier: 'default_claude_max_20x',
  },
};

/**
 * Home and cache of one row, and the whole environment of what runs in it: neither NODE_OPTIONS nor
 * NODE_EXTRA_CA_CERTS nor a proxy of this machine's owner is in there.
 *
 * @param asks whether requests are meant: `http`, `https`, or nothing
 * @param account the name of an account of its own, with CLAUDE_CONFIG_DIR; null for the usual one
 */
export function createPlace(home, endpoint, { asks, account = null } = {}) {
  const login = join(home, account ?? '.claude');
  const cache = join(home, 'cache');
  fs.mkdirSync(login, { recursive: true });
  fs.writeFileSync(join(login, '.credentials.json'), JSON.stringify(LOGIN), { mode: 0o600 });
  const common = {
    HOME: home,
    XDG_CACHE_HOME: cache,
    TZ: 'UTC',
    ...(account && { CLAUDE_CONFIG_DIR: login }),
  };
  const asking = { ...common, USAGELINE_API_BASE_URL: endpoint.http };
  // Who asks nobody has no base URL set, as in real life. Should it ask all the same, then this is as far as
  // it gets.
  const env = {
    http: asking,
    https: { ...common, USAGELINE_API_BASE_URL: endpoint.https, NODE_EXTRA_CA_CERTS: authority },
    undefined: { ...common, HTTPS_PROXY: 'http://127.0.0.1:9' },
  }[asks];

  const before = directories(cache);
  const first = run(process.execPath, [program, '--wait'], asking);
  endpoint.expected += 1;
  const name = directories(cache).find((directory) => !before.includes(directory)) ?? '';
  const files = join(cache, 'usageline', name);
  const ready = join(files, 'ready');
  const entry = join(files, 'usage.json');
  if (!fs.existsSync(entry)) throw new Error(`${home}: nothing was written (${first.stdout.trim()})`);
  const template = JSON.parse(fs.readFileSync(entry, 'utf8'));
  let servesUntil = 0;

  const place = {
    env,
    ready,
    entry,
    write(file, value) {
      fs.writeFileSync(join(files, file), JSON.stringify(value), { mode: 0o600 });
    },
    /** Nothing but an entry of this age, and the ready lines that there were: they are true no more. */
    known(age, more = {}) {
      for (const file of fs.readdirSync(files)) {
        if (file !== 'usage.json' && file !== 'ready') fs.rmSync(join(files, file), { recursive: true });
      }
      const data = { ...template.data, ...more };
      place.write('usage.json', { ...template, data, cached_at: new Date(Date.now() - age).toISOString() });
    },
    /** The start of a refresh, as one leaves it that is under way. */
    refreshing() {
      place.write('background.1', { at: Date.now(), until: Date.now() + MINUTE, credentials: null });
    },
    /** No ready line: the next call prepares the first. */
    unprepared: () => fs.rmSync(ready, { recursive: true, force: true }),
    /** No cache directory at all: the budget starts anew as well. */
    forget: () => fs.rmSync(cache, { recursive: true, force: true }),
    /**
     * Files in place, and one run that nobody measures, so that there is a ready line. It is marked: what
     * prints the mark has read the line, and not worked it out from `usage.json`. A line serves until it is
     * old, as it does at a prompt.
     */
    prepared(arrange, ...argv) {
      if (Date.now() < servesUntil) return;
      arrange();
      const { stderr } = run(process.execPath, [program, ...argv], env);
      if (stderr !== '') throw new Error(`${home}: ${stderr}`);
      mark(ready);
      servesUntil = Date.now() + SERVES;
    },
    /** Waits until the refresh in the background is done, so that it costs nobody else anything. */
    async refreshed() {
      const giveUpAt = Date.now() + 10 * SECOND;
      while (ageOf(entry) > 5 * MINUTE || fs.existsSync(join(files, 'refresh.mutex'))) {
        if (Date.now() > giveUpAt) throw new Error(`${home}: no refresh came`);
        await pause(20);
      }
      // What is left of it is to prepare the lines and to exit.
      await pause(100);
    },
  };
  return place;
}

/** The 22 % of the endpoint become 23 % in the lines that are ready, and there alone. */
function mark(ready) {
  for (const name of fs.readdirSync(ready)) {
    const path = join(ready, name);
    const stat = fs.statSync(path);
    if (stat.size === 0) continue;
    const text = fs
      .readFileSync(path, 'utf8')
      .replaceAll('22%', '23%')
      .replaceAll('_percent\\":22', '_percent\\":23');
    fs.writeFileSync(path, text);
    // The file's own time means something to those who read it.
    fs.utimesSync(path, stat.atime, stat.mtimeMs / SECOND);
  }
}

function directories(cache) {
  const folder = join(cache, 'usageline');
  return fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.startsWith('claude')) : [];
}

/** Of what an entry says, not of its file. */
function ageOf(file) {
  return Date.now() - Date.parse(JSON.parse(fs.readFileSync(file, 'utf8')).cached_at);
}

export function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
