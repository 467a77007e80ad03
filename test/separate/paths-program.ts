import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { interpret } from '../../src/cli/program.ts';
import { isUsageError } from '../../src/commands/command.ts';
import type { CommandResult } from '../../src/commands/command.ts';
import { readPrerendered } from '../../src/prerender/read.ts';
import { prerender } from '../../src/prerender/store.ts';
import { readPrerenderedStatusline } from '../../src/prerender/read-statusline.ts';
import { statusline } from '../../src/commands/statusline.ts';
import { describeFault } from '../../src/platform/exceptions.ts';
import { parseFastArgs, parseStatuslineArgs } from '../../src/cli/fast-args.ts';
import { Input } from '../../src/commands/stdin.ts';
import { nodeSystem } from '../../src/platform/system.ts';
import type { System } from '../../src/platform/system.ts';
import { parseReport } from '../../src/fetch/claude/report.ts';

/*
 * Puts everything that can stand in place of a file or a directory there, one by one, and runs every command.
 * Prints a line for each place and state, and a line that begins with `!` for each mistake.
 *
 * Arguments: `init` or `others`; then, of how many states one is tried (1: all of them).
 */

/** The usual content: a directory, or a file with this text. */
const USUAL: Readonly<Record<string, string | null>> = {
  '': null,
  '.config': null,
  '.config/usageline': null,
  '.config/usageline/config.toml': 'timeout = 1\n',
  '.cache': null,
  '.cache/usageline': null,
  '.cache/usageline/accounts': null,
  '.cache/usageline/claude': null,
  '.cache/usageline/claude/usage.json': JSON.stringify({
    schema_version: 1,
    cached_at: new Date(Date.now() - 600_000).toISOString(),
    data: { five_hour: { utilization: 22, resets_at: null } },
    error: null,
  }),
  '.cache/usageline/claude/usage.lock': '{"blocked_until":0}',
  '.cache/usageline/claude/statusline.json': '{}',
  '.cache/usageline/claude/attempt.1': '{"at":0,"until":0,"credentials":null}',
  '.cache/usageline/claude/refresh.mutex': null,
  '.cache/usageline/claude/ready': null,
  '.cache/usageline/claude/ready/plain': '',
  '.claude': null,
  '.claude/.credentials.json': JSON.stringify({
    claudeAiOauth: { accessToken: 'sk-ant-oat01-EXAMPLE-NOT-A-TOKEN', expiresAt: null, scopes: [] },
  }),
  '.claude/settings.json': '{}',
  '.claude/projects': null,
  '.claude.json': '{"oauthAccount":{"accountUuid":"ada"}}',
  '.local': null,
  '.local/share': null,
  '.local/share/usageline': null,
  '.local/share/usageline/installed.json': '{}',
  '.zshrc': 'true\n',
};

/** What can be there instead. */
const STATES: Readonly<Record<string, (path: string) => void>> = {
  usual: () => {},
  nothing: remove,
  'a file': (path) => replace(path, () => fs.writeFileSync(path, 'x')),
  'an empty file': (path) => replace(path, () => fs.writeFileSync(path, '')),
  'random bytes': (path) =>
    replace(path, () => fs.writeFileSync(path, Buffer.from([0xff, 0, 0x1b, 0x5d, 7, 0xc3, 0x28, 10]))),
  'a file of 3 GB': (path) =>
    replace(path, () => {
      fs.writeFileSync(path, '');
      fs.truncateSync(path, 3 * 1024 ** 3);
    }),
  'a directory': (path) => replace(path, () => fs.mkdirSync(path)),
  'closed (mode 000)': (path) => fs.chmodSync(path, 0),
  'read-only (mode 0555)': (path) => fs.chmodSync(path, 0o555),
  'a link to itself': (path) => replace(path, () => fs.symlinkSync(path, path)),
  'a link to nowhere': (path) => replace(path, () => fs.symlinkSync(join(path, '..', 'nowhere'), path)),
  'a link into a file': (path) => replace(path, () => fs.symlinkSync('/etc/hostname/inside', path)),
  'a FIFO': (path) => replace(path, () => execFileSync('mkfifo', [path])),
};

/** Commands, and whether each needs a home of its own because it changes the files that the others read. */
const COMMANDS: readonly (readonly [args: string, own: boolean])[] = [
  ['', false],
  ['--json', false],
  ['show', false],
  ['statusline', false],
  ['check', false],
  ['explain', false],
  ['config show', false],
  ['config check', false],
  ['ready zsh', false],
  ['init zsh', false],
  ['init claude', false],
  ['init zsh --install --dry-run', false],
  ['refresh', true],
  ['cache clear', true],
  ['init zsh --install --yes', true],
  ['init zsh --uninstall --yes', true],
  ['init claude --install --yes', true],
  ['init claude --uninstall --yes', true],
  ['init --uninstall --yes', true],
];

const [which = 'others', stride = '1'] = process.argv.slice(2);
// Outside of the build every package adds its own signal listeners.
process.setMaxListeners(0);
const base = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-paths-'));
const input = new Input();
input.add(
  Buffer.from(
    JSON.stringify({
      session_id: 's',
      rate_limits: { five_hour: { used_percentage: 24, resets_at: Math.floor(Date.now() / 1000) + 9000 } },
    }),
  ),
);

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.log(`! the test itself: ${describeFault(error)} ${String(error)}`);
    process.exit(1);
  },
);

async function main(): Promise<void> {
  process.on('uncaughtException', (error) => console.log(`! uncaught: ${describeFault(error)}`));
  let count = 0;
  let turn = 0;
  const isRoot = process.getuid?.() === 0;
  for (const place of Object.keys(USUAL)) {
    for (const [state, make] of Object.entries(STATES)) {
      // Modes do not keep root out.
      if (isRoot && state.includes('mode')) continue;
      // The number of states has no common divisor with 4, so another state is tried at each place.
      turn += 1;
      if (turn % Number(stride) !== 0) continue;
      const shared = which === 'init' ? '' : aHome(count++, place, make);
      for (const [args, own] of COMMANDS) {
        if (args.startsWith('init') !== (which === 'init')) continue;
        const home = own || shared === '' ? aHome(count++, place, make) : shared;
        await tryCommand(
          `~/${place} is ${state}: usageline ${args}`,
          machine(home),
          args.split(' ').filter(Boolean),
        );
        if (home !== shared) removeHome(home);
      }
      if (shared !== '') removeHome(shared);
      console.log(`${place}: ${state}`);
    }
  }
  fs.rmSync(base, { recursive: true, force: true });
}

function machine(home: string): System {
  return {
    ...nodeSystem(),
    env: { HOME: home, SHELL: '/bin/zsh', USAGELINE_API_BASE_URL: 'http://127.0.0.1:1' },
    home: () => home,
    cwd: () => '/',
  };
}

async function tryCommand(what: string, system: System, argv: readonly string[]): Promise<void> {
  try {
    const line = argv.length === 0 || argv[0] === 'statusline';
    const { stdout, stderr, exitCode, followUp } = await run(system, argv);
    const rest = typeof followUp === 'function' ? followUp() : followUp;
    if (rest.kind === 'prerender') await prerender(system, rest.wanted, rest.horizonMs);
    if (![0, 1, 2, 3, 4].includes(exitCode)) console.log(`! ${what}: exit ${exitCode}`);
    if (/internal|\n\s+at /.test(stdout + stderr)) console.log(`! ${what}: ${stdout}${stderr}`);
    if (line && (exitCode !== 0 || !/^[^\n]+\n$/.test(stdout) || stderr !== ''))
      console.log(`! ${what}: exit ${exitCode}, ${JSON.stringify([stdout, stderr])}`);
  } catch (error) {
    if (!isUsageError(error)) console.log(`! ${what}: internal error: ${describeFault(error)}`);
  }
}

/** Does what `main.ts` and `cli/fast-statusline.ts` do. */
async function run(system: System, argv: readonly string[]): Promise<CommandResult> {
  if (argv[0] === 'statusline') {
    const options = parseStatuslineArgs(argv.slice(1))!;
    const report = parseReport(input.text, system.now());
    attempt(() => readPrerenderedStatusline(system, options, report));
    return statusline(system, options, { input, report });
  }
  const quick = parseFastArgs(argv);
  if (quick !== null) attempt(() => readPrerendered(system, quick));
  return interpret(system, argv);
}

function attempt(short: () => unknown): void {
  try {
    short();
  } catch {
    // The long way is taken then.
  }
}

function aHome(count: number, place: string, make: (path: string) => void): string {
  const home = join(base, String(count));
  for (const [path, text] of Object.entries(USUAL)) {
    const full = join(home, path);
    if (text === null) fs.mkdirSync(full, { recursive: true, mode: 0o700 });
    else fs.writeFileSync(full, text, { mode: 0o600 });
  }
  // The process that held it is gone.
  fs.utimesSync(join(home, '.cache/usageline/claude/refresh.mutex'), 0, 0);
  make(join(home, place));
  return home;
}

function remove(path: string): void {
  fs.rmSync(path, { recursive: true, force: true });
}

function replace(path: string, make: () => void): void {
  remove(path);
  fs.mkdirSync(dirname(path), { recursive: true });
  make();
}

function removeHome(home: string): void {
  try {
    remove(home);
  } catch {
    execFileSync('chmod', ['-R', 'u+rwX', home]);
    remove(home);
  }
}
