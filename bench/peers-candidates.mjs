/** The programs that are measured, and what each needs to show usage from its cache. */
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './measure.mjs';
import { createSandbox } from './sandbox.mjs';
import { program } from './stage.mjs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How often caches are written again, ms. */
const WARM = 40_000;
const SESSION = '11111111-2222-4333-8444-555555555555';

/** @returns rows `{ id, label, version, kind, command, expect, setUp }`; kind is `own`, `npm` or `native` */
export function candidates({ peers }) {
  const rows = [
    row('launcher', 'usageline-prompt', 'own', peers.usageline, [peers.usageline.native], OWN, usageline),
    row('entry', 'usageline', 'own', peers.usageline, [peers.usageline.bin], OWN, usageline),
  ];
  const add = (name, id, args, expect, setUp) => {
    const peer = peers[name];
    if (!peer) return;
    rows.push(row(id, id, 'npm', peer, [peer.bin, ...args], expect, setUp));
    if (peer.native)
      rows.push(
        row(
          `${id}_native`,
          `${id}, its native program`,
          'native',
          peer,
          [peer.native, ...args],
          expect,
          setUp,
        ),
      );
  };
  const copyNative = (home) => cclineHome(home, peers['@cometix/ccline'].native);
  add('ccstatusline', 'ccstatusline', [], /22\.0%.*33\.0%/, ccstatusline);
  add('@cometix/ccline', 'ccline', [], /22%/, copyNative);
  const shows = /Sonnet.*session/;
  // The longest time for which it repeats its own last line: the least work that it can do.
  add('ccusage', 'ccusage', ['statusline', '--offline', '--refresh-interval', '600'], shows, ccusage);
  const peer = peers.ccusage;
  if (peer?.native) {
    const args = ['statusline', '--offline', '--no-cache'];
    const label = 'ccusage, native, without its last line';
    rows.push(row('ccusage_uncached', label, 'native', peer, [peer.native, ...args], shows, ccusage));
  }
  return rows;
}

const OWN = /5h 22% .*7d 33%/;

function row(id, label, kind, { version }, command, expect, setUp) {
  return { id, label, version, kind, command, expect, setUp };
}

function usageline(home, endpoint) {
  const sandbox = createSandbox(home, endpoint);
  let until = 0;
  const env = { ...environment(home), XDG_CACHE_HOME: sandbox.env.XDG_CACHE_HOME };
  const prepare = () => {
    if (Date.now() < until) return;
    sandbox.storeEntry(MINUTE);
    run(process.execPath, [program], env);
    until = Date.now() + WARM;
  };
  prepare();
  return { prepare, input: statusInput(home), env };
}

function ccstatusline(home) {
  const settings = join(home, '.config', 'ccstatusline', 'settings.json');
  const line = [
    { id: '1', type: 'session-usage' },
    { id: '2', type: 'separator' },
    { id: '3', type: 'weekly-usage' },
  ];
  put(settings, JSON.stringify({ version: 3, lines: [line, [], []] }));
  // Without a login it accepts its cache from any writer.
  return cached(home, () =>
    put(
      join(home, '.cache', 'ccstatusline', 'usage.json'),
      JSON.stringify({ sessionUsage: 22, sessionResetAt: at(4), weeklyUsage: 33, weeklyResetAt: at(99) }),
    ),
  );
}

function cclineHome(home, native) {
  const folder = join(home, '.claude', 'ccline');
  const login = { accessToken: 'sk-ant-oat01-EXAMPLE-NOT-A-TOKEN', expiresAt: 4_102_444_800_000, scopes: [] };
  put(join(home, '.claude', '.credentials.json'), JSON.stringify({ claudeAiOauth: login }));
  put(
    join(folder, 'config.toml'),
    `theme = "default"
[style]
mode = "plain"
separator = " | "
[[segments]]
id = "usage"
enabled = true
[segments.icon]
plain = ""
nerd_font = ""
[segments.colors]
[segments.styles]
text_bold = false
[segments.options]
cache_duration = 300
`,
  );
  // What its install script does: its npm bin prefers this copy.
  if (native) {
    fs.copyFileSync(native, join(folder, 'ccline'));
    fs.chmodSync(join(folder, 'ccline'), 0o755);
  }
  return cached(home, () =>
    put(
      join(folder, '.api_usage_cache.json'),
      JSON.stringify({
        five_hour_utilization: 22,
        seven_day_utilization: 33,
        resets_at: at(99),
        five_hour_resets_at: at(4),
        seven_day_resets_at: at(99),
        cached_at: at(0),
      }),
    ),
  );
}

/** ccusage has no percentages: it computes its output from the transcripts of sessions. */
function ccusage(home) {
  put(
    transcript(home),
    `${JSON.stringify({
      type: 'assistant',
      timestamp: at(0),
      sessionId: SESSION,
      requestId: 'req_1',
      version: '2.0.0',
      message: {
        id: 'msg_1',
        model: 'claude-sonnet-4-20250514',
        usage: {
          input_tokens: 1000,
          output_tokens: 200,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 5000,
        },
      },
    })}\n`,
  );
  return { prepare: () => {}, input: statusInput(home), env: environment(home) };
}

/** Writes a cache again before it is too old. */
function cached(home, write) {
  let until = 0;
  const prepare = () => {
    if (Date.now() < until) return;
    write();
    until = Date.now() + WARM;
  };
  prepare();
  return { prepare, input: statusInput(home), env: environment(home) };
}

function environment(home) {
  return { HOME: home, TZ: 'UTC' };
}

function transcript(home) {
  return join(home, '.claude', 'projects', 'project', `${SESSION}.jsonl`);
}

/**
 * What Claude Code writes to a status line. Without `rate_limits`, which a session only has after its first
 * response: the task is to show cached numbers.
 */
function statusInput(home) {
  const path = join(home, 'status.json');
  const input = {
    hook_event_name: 'Status',
    session_id: SESSION,
    transcript_path: transcript(home),
    cwd: home,
    model: { id: 'claude-sonnet-4-20250514', display_name: 'Sonnet 4' },
    workspace: { current_dir: home, project_dir: home, added_dirs: [] },
    version: '2.0.0',
    output_style: { name: 'default' },
    cost: {
      total_cost_usd: 0.12,
      total_duration_ms: 45_000,
      total_api_duration_ms: 2300,
      total_lines_added: 15,
      total_lines_removed: 3,
    },
    context_window: {
      total_input_tokens: 6000,
      total_output_tokens: 200,
      context_window_size: 200_000,
      used_percentage: 3,
      remaining_percentage: 97,
    },
    exceeds_200k_tokens: false,
  };
  put(transcript(home), fs.existsSync(transcript(home)) ? fs.readFileSync(transcript(home)) : '');
  put(path, JSON.stringify(input));
  return path;
}

function at(hours) {
  return new Date(Date.now() + hours * HOUR).toISOString();
}

function put(path, text) {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, text, { mode: 0o600 });
}
