/**
 * The pictures of the README, from the real program: `npm run screenshots`. Each is what the built program prints for
 * a cache with made-up numbers, at a moment that never changes, so a picture differs only when the program does.
 * Optionally into another directory: `node docs/screenshots/make.mjs <directory>`.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svgOf, THEMES } from './svg.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const program = join(here, '..', '..', 'bin', 'usageline.cjs');
const target = process.argv[2] ?? here;

const NOW = Date.parse('2026-11-20T18:25:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (at) => new Date(at).toISOString();
const week = iso(NOW + 4 * DAY + 3 * HOUR);

/** What the endpoint said, so many minutes ago. */
const entry = (minutesAgo) => ({
  schema_version: 1,
  cached_at: iso(NOW - minutesAgo * MINUTE),
  plan: 'max_5x',
  data: {
    five_hour: { utilization: 22, resets_at: iso(NOW + 4 * HOUR + 37 * MINUTE) },
    seven_day: { utilization: 61, resets_at: week },
    limits: [{ kind: 'weekly_scoped', percent: 82, resets_at: week, scope: { model: { display_name: 'Fable' } } }],
    extra_usage: { is_enabled: true, monthly_limit: 2000, used_credits: 763, currency: 'EUR', utilization: 38.15 },
  },
  error: null,
});

/** The endpoint could not be reached a minute ago. */
const offline = {
  blocked_until: NOW / 1000 + 60,
  error: 'network_error',
  failures: 2,
  written_at: NOW / 1000 - 60,
};

/** A screen: what is typed, in which environment, and the numbers it is answered from. */
const screens = {
  formats: {
    title: 'The line in each preset and in a template',
    minutesAgo: 1,
    commands: [
      ...['default', 'compact', 'bars', 'minimal', 'ascii'].map((name) => ({ args: ['--format', name] })),
      { args: ['--format', '{tightest.left} of {tightest.label} left, back on {tightest.at}'] },
    ],
  },
  show: { title: 'usageline show', minutesAgo: 1, commands: [{ args: ['show'], env: { COLUMNS: '100' } }] },
  'show-60': {
    title: 'usageline show in 60 columns, with numbers that are out of date',
    minutesAgo: 12,
    commands: [{ args: ['show'], env: { COLUMNS: '60' } }],
  },
  narrow: {
    title: "Claude Code's status line in 90, 60, 40 and 20 columns",
    minutesAgo: 12,
    commands: [90, 60, 40, 20].map((columns) => ({ args: ['statusline'], env: { COLUMNS: `${columns}` } })),
  },
};

const home = fs.mkdtempSync(join(tmpdir(), 'usageline-screenshots-'));
try {
  for (const [name, screen] of Object.entries(screens)) {
    const text = textOf(screen);
    for (const theme of Object.keys(THEMES)) {
      fs.writeFileSync(join(target, `${name}-${theme}.svg`), svgOf(text, theme, screen.title));
    }
  }
} finally {
  fs.rmSync(home, { recursive: true, force: true });
}

function textOf({ minutesAgo, commands }) {
  const directory = join(home, 'cache', 'claude');
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const write = (file, content) => fs.writeFileSync(join(directory, file), JSON.stringify(content), { mode: 0o600 });
  write('usage.json', entry(minutesAgo));
  if (minutesAgo > 3) write('usage.lock', offline);
  else fs.rmSync(join(directory, 'usage.lock'), { force: true });
  return commands.map(({ args, env = {} }) => `${typed(args, env)}\n${printed(args, env)}`).join('\n');
}

function typed(args, env) {
  const words = args.map((word) => (/^[a-z0-9-]+$/.test(word) ? word : `'${word}'`));
  const shown = args[0] === 'statusline' ? Object.entries(env).map(([key, value]) => `${key}=${value}`) : [];
  return `\u001B[2m$\u001B[0m ${[...shown, 'usageline', ...words].join(' ')}`;
}

/** Nobody is asked: there is no login, and nobody listens where the endpoint would be. */
function printed(args, env) {
  return execFileSync(process.execPath, ['--require', join(here, 'clock.cjs'), program, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      HOME: home,
      TZ: 'UTC',
      FORCE_COLOR: '1',
      USAGELINE_CACHE_DIR: join(home, 'cache'),
      USAGELINE_API_BASE_URL: 'http://127.0.0.1:9',
      ...env,
    },
  });
}
