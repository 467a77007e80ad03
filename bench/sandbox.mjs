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
/** The files that the program writes before it sends a request. */
const REQUEST_FILES = /^(usage\.lock|attempt\.\d+|background\.\d+|refresh\.mutex)$/;

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
 * Creates the home and the cache of one row, and its whole environment, without NODE_OPTIONS, certificates and proxies of
 * the machine.
 *
 * @param scheme the scheme of the endpoint, `http` or `https`; undefined for rows without requests
 * @param account the name of a further account, for CLAUDE_CONFIG_DIR; null for the default one
 */
export function createSandbox(home, endpoint, { scheme, account = null } = {}) {
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
  const withEndpoint = { ...common, USAGELINE_API_BASE_URL: endpoint.http };
  // Rows without requests have no base URL, as in real use. A request would fail at this proxy.
  const env = {
    http: withEndpoint,
    https: { ...common, USAGELINE_API_BASE_URL: endpoint.https, NODE_EXTRA_CA_CERTS: authority },
    undefined: { ...common, HTTPS_PROXY: 'http://127.0.0.1:9' },
  }[scheme];

  const before = directories(cache);
  const first = run(process.execPath, [program, '--wait'], withEndpoint);
  endpoint.expected += 1;
  const name = directories(cache).find((directory) => !before.includes(directory)) ?? '';
  const files = join(cache, 'usageline', name);
  const ready = join(files, 'ready');
  const entry = join(files, 'usage.json');
  if (!fs.existsSync(entry)) throw new Error(`${home}: nothing was written (${first.stdout.trim()})`);
  const template = JSON.parse(fs.readFileSync(entry, 'utf8'));
  let servesUntil = 0;
  let percent = LAST_PERCENT;

  const sandbox = {
    env,
    ready,
    entry,
    /** The path for a pipe for standard input. */
    pipe: join(home, 'input'),
    write(file, value) {
      fs.writeFileSync(join(files, file), JSON.stringify(value), { mode: 0o600 });
    },
    /** Writes an entry of this age, ms. The prerendered lines stay, and are no longer valid. */
    storeEntry(age, more = {}) {
      for (const file of fs.readdirSync(files)) {
        if (file !== 'usage.json' && file !== 'ready') fs.rmSync(join(files, file), { recursive: true });
      }
      const data = { ...template.data, ...more };
      sandbox.write('usage.json', { ...template, data, cached_at: new Date(Date.now() - age).toISOString() });
    },
    /** Writes the configuration file, once. */
    configure(text) {
      const path = join(home, '.config', 'usageline', 'config.toml');
      if (fs.existsSync(path)) return;
      fs.mkdirSync(dirname(path), { recursive: true });
      fs.writeFileSync(path, text);
    },
    /** Writes the claim of a refresh that is still running. */
    refreshing() {
      sandbox.write('background.1', { at: Date.now(), until: Date.now() + MINUTE, credentials: null });
    },
    /** Removes the prerendered lines: the next call writes the first one. */
    removePrerendered: () => fs.rmSync(ready, { recursive: true, force: true }),
    /** Removes the cache directory, and with it the budget. */
    forget: () => fs.rmSync(cache, { recursive: true, force: true }),
    /**
     * Writes the files and runs the program once, unmeasured, so that there is a prerendered line. The line is
     * marked: a run that prints the mark has read the line and not computed it from `usage.json`. A line is
     * reused until it is old, as at a prompt.
     */
    prerender(arrange, ...argv) {
      if (Date.now() < servesUntil) return;
      arrange();
      const { stderr } = run(process.execPath, [program, ...argv], env);
      if (stderr !== '') throw new Error(`${home}: ${stderr}`);
      mark(ready);
      servesUntil = Date.now() + SERVES;
    },
    /** Writes the files and prerenders the line of an entry that is no longer fresh, without a request. */
    prerenderStale(arrange) {
      arrange();
      const { stderr } = run(process.execPath, [program, 'ready', 'plain'], env);
      if (stderr !== '') throw new Error(`${home}: ${stderr}`);
    },
    /** The report of a session for this percentage. */
    report: (used = percent) => statusOf(template.data, used),
    /** The last percentage of the active session. */
    percent: () => percent,
    /** Runs the status line once, unmeasured, with a report of this percentage. */
    runStatusline(used) {
      const input = { text: sandbox.report(used), pipe: sandbox.pipe };
      const { stderr } = run(process.execPath, [program, 'statusline'], env, input);
      if (stderr !== '') throw new Error(`${home}: ${stderr}`);
    },
    /**
     * Prepares a session that reports nothing new, the last of several, and its marked line, see `prerender`. Another
     * line, for prompts, is prerendered beside it.
     */
    idle(sessions = 1) {
      if (Date.now() < servesUntil) return;
      sandbox.storeEntry(MINUTE);
      sandbox.removePrerendered();
      run(process.execPath, [program], env);
      percent = FIRST_PERCENT;
      sandbox.runStatusline(percent);
      sandbox.addSessions(sessions - 1);
      // The program decides which of them it stores.
      sandbox.runStatusline(percent);
      mark(ready);
      servesUntil = Date.now() + SERVES;
    },
    /** Prepares an active session, the last of several: each of its reports has another percentage. */
    working(sessions = 1) {
      if (percent >= LAST_PERCENT) {
        servesUntil = 0;
        sandbox.idle(sessions);
      }
      percent += 1;
      // The entry has its usual age and the lines of prompts seem new: rewriting them, once a minute, is not part of the
      // cost of most calls.
      sandbox.write('usage.json', { ...template, cached_at: new Date(Date.now() - MINUTE).toISOString() });
      for (const name of fs.readdirSync(ready)) {
        const stat = fs.statSync(join(ready, name));
        fs.utimesSync(join(ready, name), stat.atime, stat.mtimeMs / SECOND);
      }
    },
    /** Adds other sessions with reports of the last six days. */
    addSessions(others) {
      const file = join(files, 'statusline.json');
      const reports = JSON.parse(fs.readFileSync(file, 'utf8'));
      const [[, one]] = Object.entries(reports.sessions);
      for (let index = 1; index <= others; index += 1) {
        const id = `0b0e0000-5e55-4000-8000-${String(index).padStart(12, '0')}`;
        reports.sessions[id] = { ...one, at: one.at - Math.floor((index / others) * 6 * 24 * 60 * MINUTE) };
      }
      sandbox.write('statusline.json', reports);
    },
    /** Throws if a request was sent, or was about to be sent. */
    expectNoRequest() {
      const written = fs.readdirSync(files).filter((name) => REQUEST_FILES.test(name));
      if (written.length > 0) throw new Error(`${home}: a request was made: ${written.join(', ')}`);
    },
    /** Throws if the session's last percentage was not stored. */
    expectStored() {
      sandbox.expectNoRequest();
      const { windows } = JSON.parse(fs.readFileSync(join(files, 'statusline.json'), 'utf8'));
      const stored = windows.five_hour.used_percent;
      if (stored !== percent) throw new Error(`${home}: ${stored} % stored, ${percent} % reported`);
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
  return sandbox;
}

/** The JSON that Claude Code sends to a status line. */
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
