import fs from 'node:fs';
import { join } from 'node:path';
import { checkout } from './stage.mjs';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const rest = String.raw`% 4h\d+m · 7d 33% 4d\dh · 7d Fable 82% 4d\dh(?:, empty in \d+h)? · extra 7\.63/20\.00 EUR\n$`;
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

const fresh = (sandbox) => sandbox.storeEntry(MINUTE);
const old = (sandbox) => sandbox.storeEntry(10 * MINUTE);
/** Numbers of ten minutes ago and their prerendered line, as after ten minutes without a prompt. */
const due = (sandbox) => sandbox.prerenderStale(() => old(sandbox));
const backoff = (sandbox) => {
  old(sandbox);
  const now = Math.floor(Date.now() / SECOND);
  const lock = { blocked_until: now + 300, error: 'rate_limited', failures: 1, written_at: now };
  sandbox.write('usage.lock', lock);
};

/**
 * The rows that are measured as whole Node processes.
 *
 * - `prepare` writes the files before each run, so that the row measures the cost of a call in use.
 * - `expect` matches the output, so that no row measures something else; `after` checks the files.
 * - `limit` is the promised ratio to the floor, `memory` that of peak memory.
 * - `input` returns the text on standard input, which is a pipe, or a socket with `socket`.
 * - `scheme` is the scheme of the endpoint, for rows that send a request.
 * - `floor` is `node`, an empty script, unless the row's environment itself makes Node slower.
 */
export const scenes = [
  {
    id: 'hit',
    label: 'cache hit',
    limit: 1.08,
    memory: 1.1,
    args: [],
    expect: HIT,
    prepare: (sandbox) => sandbox.prerender(() => fresh(sandbox)),
  },
  {
    id: 'hit_json',
    label: 'cache hit, --json',
    limit: 1.15,
    memory: 1.1,
    args: ['--json'],
    expect: /^\{"schema":"usageline\/v1".*"state":"fresh","source":"cache".*"used_percent":23,/,
    prepare: (sandbox) => sandbox.prerender(() => fresh(sandbox), '--json'),
  },
  {
    id: 'hit_account',
    label: 'cache hit, CLAUDE_CONFIG_DIR',
    memory: 1.1,
    account: 'work',
    args: [],
    expect: HIT,
    prepare: (sandbox) => sandbox.prerender(() => fresh(sandbox)),
  },
  {
    id: 'hit_tmux',
    label: 'cache hit, --output tmux',
    memory: 1.1,
    args: ['--output', 'tmux'],
    expect: /^5h (#\[\w+\])?23%(#\[default\])? 4h\d+m · 7d /,
    prepare: (sandbox) => sandbox.prerender(() => fresh(sandbox), '--output', 'tmux'),
  },
  {
    id: 'hit_config',
    label: 'cache hit, a configuration with a template',
    memory: 1.1,
    args: [],
    expect: /^5h 23% \| 33%\n$/,
    prepare: (sandbox) => {
      sandbox.configure(`format = "${TEMPLATE}"\n\n[thresholds]\nwarn = 40\ncritical = 90\n`);
      sandbox.prerender(() => fresh(sandbox));
    },
  },
  {
    id: 'hit_format',
    label: 'cache hit, --format with a template',
    memory: 1.1,
    args: ['--format', TEMPLATE],
    expect: /^5h 23% \| 33%\n$/,
    prepare: (sandbox) => sandbox.prerender(() => fresh(sandbox), '--format', TEMPLATE),
  },
  {
    id: 'hit_bin',
    label: 'cache hit, through bin/ of a checkout',
    entry: checkout,
    args: [],
    expect: HIT,
    prepare: (sandbox) => sandbox.prerender(() => fresh(sandbox)),
  },
  {
    id: 'backoff',
    label: 'backoff in force',
    args: [],
    expect: /^5h 23% .*· 10m ago · rate limited \dm\n$/,
    prepare: (sandbox) => sandbox.prerender(() => backoff(sandbox)),
  },
  {
    id: 'first',
    label: 'no prerendered line: writes it',
    args: [],
    expect: LINE,
    prepare: (sandbox) => {
      fresh(sandbox);
      sandbox.removePrerendered();
    },
    after: ({ ready }) => {
      if (!fs.existsSync(join(ready, 'plain'))) throw new Error('no prerendered line was written');
    },
  },
  {
    id: 'stale',
    label: 'stale line, refresh under way',
    args: [],
    limit: 1.6,
    expect: STALE,
    prepare: (sandbox) => {
      due(sandbox);
      sandbox.refreshing();
    },
  },
  {
    id: 'stale_start',
    label: 'stale line, starts the refresh',
    limit: 1.6,
    scheme: 'http',
    args: [],
    expect: STALE,
    prepare: due,
    after: (sandbox) => sandbox.refreshed(),
  },
  {
    id: 'stale_first',
    label: 'stale line, not prerendered',
    scheme: 'http',
    args: [],
    expect: STALE,
    prepare: (sandbox) => {
      old(sandbox);
      sandbox.removePrerendered();
    },
    after: (sandbox) => sandbox.refreshed(),
  },
  {
    id: 'backoff_first',
    label: 'backoff in force, no prerendered line',
    args: [],
    expect: /^5h 22% .*· 10m ago · rate limited \dm\n$/,
    prepare: (sandbox) => {
      backoff(sandbox);
      sandbox.removePrerendered();
    },
  },
  {
    id: 'budget',
    label: 'budget refused, --wait',
    args: ['--wait'],
    expect: STALE,
    prepare: (sandbox) => {
      old(sandbox);
      const now = Math.floor(Date.now() / SECOND);
      sandbox.write('usage.lock', { blocked_until: 0, failures: 0, written_at: now, requests: [now - 5] });
    },
  },
  {
    id: 'show',
    label: 'show',
    limit: 1.8,
    args: ['show'],
    expect: /^Claude · Ultra\n[^]*\nCurrent: read 1m ago/,
    prepare: fresh,
  },
  {
    id: 'statusline_same',
    label: 'statusline, nothing new',
    limit: 1.25,
    args: ['statusline'],
    input: (sandbox) => sandbox.report(),
    expect: IDLE,
    prepare: (sandbox) => sandbox.idle(),
    after: (sandbox) => sandbox.expectNoRequest(),
  },
  {
    id: 'statusline_new',
    label: 'statusline, something new',
    limit: 1.9,
    args: ['statusline'],
    input: (sandbox) => sandbox.report(),
    expect: (sandbox) => coloured(sandbox.percent()),
    prepare: (sandbox) => sandbox.working(),
    after: (sandbox) => sandbox.expectStored(),
  },
  {
    id: 'statusline_socket',
    label: 'statusline, new, input in a socket',
    args: ['statusline'],
    input: (sandbox) => sandbox.report(),
    socket: true,
    expect: (sandbox) => coloured(sandbox.percent()),
    prepare: (sandbox) => sandbox.working(),
    after: (sandbox) => sandbox.expectStored(),
  },
  {
    id: 'statusline_none',
    label: 'statusline, no input at all',
    args: ['statusline'],
    expect: IDLE,
    prepare: (sandbox) => sandbox.idle(),
    after: (sandbox) => sandbox.expectNoRequest(),
  },
  {
    id: 'statusline_other',
    label: 'statusline, input of another kind',
    args: ['statusline'],
    input: () => 'no JSON\n',
    expect: IDLE,
    prepare: (sandbox) => sandbox.idle(),
    after: (sandbox) => sandbox.expectNoRequest(),
  },
  {
    id: 'cold',
    label: 'cold fetch over loopback http',
    limit: 3.7,
    scheme: 'http',
    args: ['--wait'],
    expect: LINE,
    prepare: (sandbox) => sandbox.forget(),
  },
  {
    id: 'cold_tls',
    label: 'cold fetch over loopback https',
    limit: 4.3,
    // A private certificate authority makes each start of Node 20 much slower, so the floor has it as well.
    floor: 'node_ca',
    scheme: 'https',
    args: ['--wait'],
    expect: LINE,
    prepare: (sandbox) => sandbox.forget(),
  },
];
