/**
 * The pictures of the program's own output: `npm run screenshots`. Each is what the built program prints for a cache with
 * made-up numbers, at a moment that never changes, so a picture differs only when the program does.
 * Optionally into another directory: `node docs/screenshots/make.mjs <directory>`.
 * The pictures of the hosts are made by `hosts.mjs`.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MOMENT } from './moment.cjs';
import { entryOf, offlineAt } from './numbers.mjs';
import { svgOf, THEMES } from './svg.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const program = join(here, '..', '..', 'bin', 'usageline.cjs');
const target = process.argv[2] ?? here;

/**
 * A screen: what is typed, in which environment, and the numbers it is answered from. With `from` only the output from the
 * line with this text on is shown.
 */
const screens = {
  first: {
    title: 'usageline prints one line, usageline show a table with bars, resets and pace',
    data: 'four',
    minutesAgo: 1,
    commands: [
      { args: [], env: { COLUMNS: '92' } },
      { args: ['show'], env: { COLUMNS: '92' } },
    ],
  },
  formats: {
    title: 'The line in each preset that needs no special font, and in a template',
    data: 'two',
    minutesAgo: 1,
    commands: [
      ...['default', 'compact', 'bars', 'blocks', 'gauges', 'minimal', 'ascii'].map((name) => ({ args: ['--format', name] })),
      { args: ['--format', '{5h.left} left until {5h.at}'] },
    ],
  },
  palettes: {
    title: 'usageline formats: each palette',
    data: 'two',
    minutesAgo: 1,
    commands: [{ args: ['formats'], from: 'Palettes', env: { COLUMNS: '110', COLORTERM: 'truecolor' } }],
  },
  'show-60': {
    title: 'usageline show in 60 columns, with numbers that are out of date',
    data: 'four',
    minutesAgo: 12,
    commands: [{ args: ['show'], env: { COLUMNS: '60' } }],
  },
  narrow: {
    title: "Claude Code's status line in 90, 60, 40 and 20 columns",
    data: 'four',
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

function textOf({ data, minutesAgo, commands }) {
  const directory = join(home, 'cache', 'claude');
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const write = (file, content) => fs.writeFileSync(join(directory, file), JSON.stringify(content), { mode: 0o600 });
  write('usage.json', entryOf(data, MOMENT, minutesAgo));
  if (minutesAgo > 3) write('usage.lock', offlineAt(MOMENT));
  else fs.rmSync(join(directory, 'usage.lock'), { force: true });
  return commands
    .map(({ args, env = {}, from = '' }) => {
      const lines = printed(args, env).split('\n');
      const start = lines.findIndex((line) => line.includes(from));
      return [typed(args, env), ...(start > 0 ? ['…'] : []), ...lines.slice(start)].join('\n');
    })
    .join('\n');
}

function typed(args, env) {
  const words = args.map((word) => (/^[a-z0-9-]+$/.test(word) ? word : `'${word}'`));
  const shown = args[0] === 'statusline' ? Object.entries(env).map(([key, value]) => `${key}=${value}`) : [];
  return `\u001B[2m$\u001B[0m ${[...shown, 'usageline', ...words].join(' ')}`;
}

/** No request is sent: there is no login, and no server at the address of the endpoint. */
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
