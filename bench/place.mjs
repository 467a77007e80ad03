import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './measure.mjs';
import { authority, program } from './stage.mjs';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** How long a prerendered line is used for hits, ms; it would be valid for two minutes more. */
const SERVES = 40 * SECOND;

/** The percentages of an active session; after the last one they start again. */
const FIRST_PERCENT = 22;
const LAST_PERCENT = 97;
/** What the program writes before it sends a request. */
const ASKED = /^(usage\.lock|attempt\.\d+|background\.\d+|refresh\.mutex)$/;

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
  // Rows without requests have no base URL, as in real use. If one sent a request, it would fail
  // here.
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
  let percent = LAST_PERCENT;

  const place = {
    env,
    ready,
    entry,
    /** Where the pipe for standard input can be made. */
    pipe: join(home, 'input'),
    write(file, value) {
      fs.writeFileSync(join(files, file), JSON.stringify(value), { mode: 0o600 });
    },
    /** An entry of this age, and the prerendered lines of before, which are no longer valid. */
    known(age, more = {}) {
      for (const file of fs.readdirSync(files)) {
        if (file !== 'usage.json' && file !== 'ready') fs.rmSync(join(files, file), { recursive: true });
      }
      const data = { ...template.data, ...more };
      place.write('usage.json', { ...template, data, cached_at: new Date(Date.now() - age).toISOString() });
    },
    /** A configuration file, once. */
    configure(text) {
      const path = join(home, '.config', 'usageline', 'config.toml');
      if (fs.existsSync(path)) return;
      fs.mkdirSync(dirname(path), { recursive: true });
      fs.writeFileSync(path, text);
    },
    /** The claim of a refresh that is still running. */
    refreshing() {
      place.write('background.1', { at: Date.now(), until: Date.now() + MINUTE, credentials: null });
    },
    /** No prerendered line: the next call writes the first. */
    unprepared: () => fs.rmSync(ready, { recursive: true, force: true }),
    /** No cache directory at all: the budget starts again as well. */
    forget: () => fs.rmSync(cache, { recursive: true, force: true }),
    /**
     * Writes the files and runs the program once, unmeasured, so that there is a prerendered line. The line is
     * marked: a run that prints the mark has read the line and not computed it from `usage.json`. A line is
     * reused until it is old, as at a prompt.
     */
    prepared(arrange, ...argv) {
      if (Date.now() < servesUntil) return;
      arrange();
      const { stderr } = run(process.execPath, [program, ...argv], env);
      if (stderr !== '') throw new Error(`${home}: ${stderr}`);
      mark(ready);
      servesUntil = Date.now() + SERVES;
    },
    /** The report of a session whose last response contained this percentage. */
    said: (used = percent) => statusOf(template.data, used),
    /** The last percentage of the active session. */
    percent: () => percent,
    /** One unmeasured run, with a report of this percentage. */
    tell(used) {
      const input = { text: place.said(used), pipe: place.pipe };
      const { stderr } = run(process.execPath, [program, 'statusline'], env, input);
      if (stderr !== '') throw new Error(`${home}: ${stderr}`);
    },
    /**
     * A session that reports nothing new, the last of several, and its marked line, see `prepared`. A line for
     * prompts is prerendered beside it.
     */
    idle(sessions = 1) {
      if (Date.now() < servesUntil) return;
      place.known(MINUTE);
      place.unprepared();
      run(process.execPath, [program], env);
      percent = FIRST_PERCENT;
      place.tell(percent);
      place.remember(sessions - 1);
      // What is remembered of them is the program's affair.
      place.tell(percent);
      mark(ready);
      servesUntil = Date.now() + SERVES;
    },
    /** An active session, the last of several: each of its reports has another percentage. */
    working(sessions = 1) {
      if (percent >= LAST_PERCENT) {
        servesUntil = 0;
        place.idle(sessions);
      }
      percent += 1;
      // The entry keeps its age and the lines of prompts are new: all of them are rewritten once a minute,
      // which is not part of the cost of most calls.
      place.write('usage.json', { ...template, cached_at: new Date(Date.now() - MINUTE).toISOString() });
      for (const name of fs.readdirSync(ready)) {
        const stat = fs.statSync(join(ready, name));
        fs.utimesSync(join(ready, name), stat.atime, stat.mtimeMs / SECOND);
      }
    },
    /** Other sessions with reports of the last six days. */
    remember(others) {
      const file = join(files, 'statusline.json');
      const told = JSON.parse(fs.readFileSync(file, 'utf8'));
      const [[, one]] = Object.entries(told.sessions);
      for (let index = 1; index <= others; index += 1) {
        const id = `0b0e0000-5e55-4000-8000-${String(index).padStart(12, '0')}`;
        told.sessions[id] = { ...one, at: one.at - Math.floor((index / others) * 6 * 24 * 60 * MINUTE) };
      }
      place.write('statusline.json', told);
    },
    /** Throws when a request was sent, or was about to be sent. */
    askedNobody() {
      const left = fs.readdirSync(files).filter((name) => ASKED.test(name));
      if (left.length > 0) throw new Error(`${home}: there should be no ${left.join(', ')}`);
    },
    /** Throws when the session's last percentage was not stored. */
    keptWhatItSaid() {
      place.askedNobody();
      const { windows } = JSON.parse(fs.readFileSync(join(files, 'statusline.json'), 'utf8'));
      const kept = windows.five_hour.used_percent;
      if (kept !== percent) throw new Error(`${home}: ${kept} % were kept, ${percent} % were said`);
    },
    /** Waits until the worker is done, so that it does not disturb the next row. */
    async refreshed() {
      const giveUpAt = Date.now() + 10 * SECOND;
      while (ageOf(entry) > 5 * MINUTE || fs.existsSync(join(files, 'refresh.mutex'))) {
        if (Date.now() > giveUpAt) throw new Error(`${home}: no refresh came`);
        await pause(20);
      }
      // The worker still prerenders the lines and exits.
      await pause(100);
    },
  };
  return place;
}

/** An object as Claude Code sends it, with what else is in there. */
function statusOf({ five_hour: five, seven_day: seven }, percent) {
  return JSON.stringify({
    hook_event_name: 'Status',
    session_id: '0b0e0000-5e55-4000-8000-000000000000',
    transcript_path: '/home/ada/.claude/projects/-home-ada-work/0b0e0000-5e55-4000-8000-000000000000.jsonl',
    cwd: '/home/ada/work',
    model: { id: 'claude-opus-4-5', display_name: 'Opus 4.5' },
    workspace: { current_dir: '/home/ada/work', project_dir: '/home/ada/work', added_dirs: [] },
    version: '2.1.0',
    output_style: { name: 'default' },
    cost: {
      total_cost_usd: 1.284,
      total_duration_ms: 1_834_221,
      total_api_duration_ms: 421_077,
      total_lines_added: 312,
      total_lines_removed: 88,
    },
    context_window: { context_window_size: 200_000, used_percentage: 41, remaining_percentage: 59 },
    exceeds_200k_tokens: false,
    rate_limits: {
      five_hour: { used_percentage: percent, resets_at: seconds(five.resets_at) },
      seven_day: { used_percentage: seven.utilization, resets_at: seconds(seven.resets_at) },
    },
  });
}

/** Replaces the endpoint's 22 % by 23 % in the prerendered lines, and only there. */
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
    // Readers use the mtime of the file.
    fs.utimesSync(path, stat.atime, stat.mtimeMs / SECOND);
  }
}

function directories(cache) {
  const folder = join(cache, 'usageline');
  return fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.startsWith('claude')) : [];
}

const seconds = (time) => Math.round(Date.parse(time) / SECOND);

/** The age by the content of an entry, not by its file. */
function ageOf(file) {
  return Date.now() - Date.parse(JSON.parse(fs.readFileSync(file, 'utf8')).cached_at);
}

export function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
