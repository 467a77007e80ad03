import fs from 'node:fs';
import { join } from 'node:path';
import { checkout } from './stage.mjs';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const rest = String.raw`% 4h\d+m · 7d 33% 4d\dh · 7d Fable 82% 4d\dh · extra 7\.63/20\.00 EUR\n$`;
const TEMPLATE = '5h {5h.percent} | {7d.percent}';
/** The line for the endpoint's response. */
export const LINE = new RegExp(`^5h 22${rest}`);
/** The same line, marked: only a run that has read the prerendered line prints it. */
export const HIT = new RegExp(`^5h 23${rest}`);
/** The same in the colours of Claude Code's status line, with a percentage. */
export const coloured = (percent) =>
  new RegExp(
    String.raw`^5h \u001B\[[\d;]+m${percent}%\u001B\[0m 4h\d+m · 7d \u001B.* · extra 7\.63/20\.00 EUR\n$`,
  );
export const IDLE = coloured(23);
export const STALE = /^5h 22% 4h\d+m · 7d 33% .* · 10m ago\n$/;

const fresh = (place) => place.known(MINUTE);
const old = (place) => place.known(10 * MINUTE);
const backoff = (place) => {
  old(place);
  const now = Math.floor(Date.now() / SECOND);
  const lock = { blocked_until: now + 300, error: 'rate_limited', failures: 1, written_at: now };
  place.write('usage.lock', lock);
};

/**
 * Everything that is measured as a whole Node process. `prepare` puts the files in place before each run, so
 * that the row measures what a call costs in use; `expect` is what it must print, so that no row ever measures
 * something else; `limit` is the ratio to the floor that is promised, `memory` that of peak memory. `input` is what
 * stands on standard input, in a pipe unless `socket`.
 *
 * `floor` is `node`, an empty script, unless the row's environment itself makes Node slower.
 */
export const scenes = [
  {
    id: 'hit',
    label: 'cache hit',
    limit: 1.08,
    memory: 1.1,
    args: [],
    expect: HIT,
    prepare: (place) => place.prepared(() => fresh(place)),
  },
  {
    id: 'hit_json',
    label: 'cache hit, --json',
    limit: 1.15,
    memory: 1.1,
    args: ['--json'],
    expect: /^\{"schema":"usageline\/v1".*"state":"fresh","source":"cache".*"used_percent":23,/,
    prepare: (place) => place.prepared(() => fresh(place), '--json'),
  },
  {
    id: 'hit_account',
    label: 'cache hit, CLAUDE_CONFIG_DIR',
    memory: 1.1,
    account: 'work',
    args: [],
    expect: HIT,
    prepare: (place) => place.prepared(() => fresh(place)),
  },
  {
    id: 'hit_tmux',
    label: 'cache hit, --output tmux',
    memory: 1.1,
    args: ['--output', 'tmux'],
    expect: /^5h #\[fg=cyan\]23%#\[default\] 4h\d+m · 7d /,
    prepare: (place) => place.prepared(() => fresh(place), '--output', 'tmux'),
  },
  {
    id: 'hit_config',
    label: 'cache hit, a configuration with a template',
    memory: 1.1,
    args: [],
    expect: /^5h 23% \| 33%\n$/,
    prepare: (place) => {
      place.configure(`format = "${TEMPLATE}"\n\n[thresholds]\nwarn = 40\ncritical = 90\n`);
      place.prepared(() => fresh(place));
    },
  },
  {
    id: 'hit_format',
    label: 'cache hit, --format with a template',
    memory: 1.1,
    args: ['--format', TEMPLATE],
    expect: /^5h 23% \| 33%\n$/,
    prepare: (place) => place.prepared(() => fresh(place), '--format', TEMPLATE),
  },
  {
    id: 'hit_bin',
    label: 'cache hit, through bin/ of a checkout',
    entry: checkout,
    args: [],
    expect: HIT,
    prepare: (place) => place.prepared(() => fresh(place)),
  },
  {
    id: 'backoff',
    label: 'backoff in force',
    args: [],
    expect: /^5h 23% .*· 10m ago · rate limited \dm\n$/,
    prepare: (place) => place.prepared(() => backoff(place)),
  },
  {
    id: 'first',
    label: 'no ready line yet: prepares it',
    args: [],
    expect: LINE,
    prepare: (place) => {
      fresh(place);
      place.unprepared();
    },
    after: ({ ready }) => {
      if (!fs.existsSync(join(ready, 'plain'))) throw new Error('no ready line was prepared');
    },
  },
  {
    id: 'stale',
    label: 'stale line, refresh under way',
    args: [],
    expect: STALE,
    prepare: (place) => {
      old(place);
      place.refreshing();
    },
  },
  {
    id: 'stale_start',
    label: 'stale line, starts the refresh',
    asks: 'http',
    args: [],
    expect: STALE,
    prepare: old,
    after: (place) => place.refreshed(),
  },
  {
    id: 'backoff_first',
    label: 'backoff in force, no ready line yet',
    args: [],
    expect: /^5h 22% .*· 10m ago · rate limited \dm\n$/,
    prepare: (place) => {
      backoff(place);
      place.unprepared();
    },
  },
  {
    id: 'budget',
    label: 'budget refused, --wait',
    args: ['--wait'],
    expect: STALE,
    prepare: (place) => {
      old(place);
      const now = Math.floor(Date.now() / SECOND);
      place.write('usage.lock', { blocked_until: 0, failures: 0, written_at: now, requests: [now - 5] });
    },
  },
  {
    id: 'show',
    label: 'show',
    limit: 1.7,
    args: ['show'],
    expect: /^Claude · Ultra\n[^]*\nCurrent: read 1m ago/,
    prepare: fresh,
  },
  {
    id: 'statusline_same',
    label: 'statusline, nothing new',
    limit: 1.25,
    args: ['statusline'],
    input: (place) => place.said(),
    expect: IDLE,
    prepare: (place) => place.idle(),
    after: (place) => place.askedNobody(),
  },
  {
    id: 'statusline_new',
    label: 'statusline, something new',
    limit: 2,
    args: ['statusline'],
    input: (place) => place.said(),
    expect: (place) => coloured(place.percent()),
    prepare: (place) => place.working(),
    after: (place) => place.keptWhatItSaid(),
  },
  {
    id: 'statusline_socket',
    label: 'statusline, new, input in a socket',
    args: ['statusline'],
    input: (place) => place.said(),
    socket: true,
    expect: (place) => coloured(place.percent()),
    prepare: (place) => place.working(),
    after: (place) => place.keptWhatItSaid(),
  },
  {
    id: 'statusline_none',
    label: 'statusline, no input at all',
    args: ['statusline'],
    expect: IDLE,
    prepare: (place) => place.idle(),
    after: (place) => place.askedNobody(),
  },
  {
    id: 'statusline_other',
    label: 'statusline, input of another kind',
    args: ['statusline'],
    input: () => 'not what Claude Code says\n',
    expect: IDLE,
    prepare: (place) => place.idle(),
    after: (place) => place.askedNobody(),
  },
  {
    id: 'cold',
    label: 'cold fetch over loopback http',
    limit: 3.9,
    asks: 'http',
    args: ['--wait'],
    expect: LINE,
    prepare: (place) => place.forget(),
  },
  {
    id: 'cold_tls',
    label: 'cold fetch over loopback https',
    limit: 4,
    // A private certificate authority adds much to each start of Node 20: on both sides.
    floor: 'node_ca',
    asks: 'https',
    args: ['--wait'],
    expect: LINE,
    prepare: (place) => place.forget(),
  },
];
