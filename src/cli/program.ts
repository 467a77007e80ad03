import { Argument, Command, CommanderError, Option } from 'commander';
import type { CommandResult } from '../commands/command.ts';
import type { ConfigFlags } from '../commands/config.ts';
import { CHECK_DEFAULTS, parseThreshold } from '../commands/check-options.ts';
import { result, UsageError } from '../commands/command.ts';
import { TIMEOUT_RANGE } from '../config/settings.ts';
import { COLOR_FLAGS } from '../render/wants-color.ts';
import { parseTimeout } from './fast-args.ts';
import { PRESETS } from '../render/template/format.ts';
import { limitNamed } from '../render/template/placeholders.ts';
import { isLineKind, OUTPUT_KINDS } from '../render/outputs/kinds.ts';
import type { LineKind, OutputKind } from '../render/outputs/kinds.ts';
import type { InitOptions } from '../commands/init-consent.ts';
import { COMPLETION_SHELLS } from '../commands/completions/names.ts';
import type { CompletionShell } from '../commands/completions/names.ts';
import { INIT_TARGETS } from '../init/target.ts';
import type { InitTarget } from '../init/target.ts';
import type { ColorFlag } from '../render/wants-color.ts';
import type { UsageOptions } from './fast-args.ts';
import type { Policy } from '../resolve/decide.ts';
import { run } from './run.ts';
import type { System } from '../platform/system.ts';
import { version } from '../platform/version.ts';

/** The full command line: everything that `options.ts` does not read by itself. */
export async function main(system: System, argv: readonly string[]): Promise<never> {
  const options = { json: argv.includes('--json'), check: argv[0] === 'check', timeoutMs: null };
  return run(system, options, () => interpret(system, argv));
}

/** argv → what the command it names comes to. Throws a `UsageError` that names what is wrong. */
export async function interpret(system: System, argv: readonly string[]): Promise<CommandResult> {
  // To the parser the second one would simply be the last word.
  if (argv.includes('--wait') && argv.includes('--no-wait')) {
    throw new UsageError("option '--wait' cannot be used with option '--no-wait'");
  }
  let outcome: CommandResult | null = null;
  let printed = '';
  const program = buildProgram(system, (done) => {
    outcome = done;
  });
  for (const command of [program, ...program.commands, ...program.commands.flatMap((it) => it.commands)]) {
    // Left over arguments are named by `refuseStrays`, which knows what would have been accepted.
    command
      .allowExcessArguments()
      .exitOverride()
      .configureOutput({
        writeOut: (text) => {
          printed += text;
        },
        writeErr: () => {},
      });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return result(printed);
    throw new UsageError(mistakeOf(error, program, argv));
  }
  return outcome ?? result(printed);
}

const LINE_KINDS = Object.keys(OUTPUT_KINDS).filter(isLineKind);

type Done = (outcome: CommandResult) => void;

interface PolicyFlags {
  readonly wait?: boolean;
  readonly cached?: true;
}

interface LineFlags extends PolicyFlags {
  readonly verbose?: true;
  readonly json?: true;
  readonly output?: OutputKind;
  readonly format?: string;
  readonly color: ColorFlag;
  readonly timeout?: number;
  readonly debug?: true;
}

interface CheckFlags {
  readonly warning: number | Warning;
  readonly critical: number;
  readonly window?: string;
  readonly timeout?: number;
  readonly debug?: true;
}

interface InitFlags {
  readonly install?: true;
  readonly uninstall?: true;
  readonly file?: string;
  readonly yes?: true;
  readonly dryRun?: true;
}

interface StatuslineFlags {
  readonly after?: string;
  readonly output: LineKind;
  readonly format?: string;
  readonly color: ColorFlag;
  readonly timeout?: number;
  readonly debug?: true;
}

function buildProgram(system: System, done: Done): Command {
  const program = new Command('usageline')
    .description('How much of your Claude subscription is used, in one line.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .addHelpText('after', HELP);
  usageOptions(program)
    .addOption(outputOption('plain', Object.keys(OUTPUT_KINDS)))
    .addOption(formatOption().conflicts('json'));
  program.action(async (flags: LineFlags) => {
    const { usage } = await import('../commands/usage.ts');
    done(await usage(system, usageOptionsOf('line', flags)));
  });

  usageOptions(program.command('show'))
    .option('--verbose', 'also the week by product, where the endpoint reports it')
    .description('a table for people: bars, resets, pace, and what to do about an error')
    .addHelpText('after', SHOW_HELP)
    .action(async (_own: LineFlags, command: Command) => {
      const { usage } = await import('../commands/usage.ts');
      done(await usage(system, usageOptionsOf('show', flagsOf(program, command))));
    });

  program
    .command('refresh')
    .description('ask now, unless what is known is fresh; exit 0 when it is fresh then')
    .option('--force', 'also when it is fresh; never skips a backoff or the request budget')
    .option('--quiet', 'say nothing on success, nor about what passes by itself (for cron)')
    .addOption(timeoutOption())
    .addOption(debugOption())
    .addHelpText('after', REFRESH_HELP)
    .action(async (flags: { force?: true; quiet?: true; timeout?: number; debug?: true }) => {
      const { refresh } = await import('../commands/refresh.ts');
      const { force = false, quiet = false, timeout: timeoutMs = null, debug = false } = flags;
      done(await refresh(system, { force, quiet, timeoutMs, debug }));
    });

  program
    .command('check')
    .description('a plugin for Nagios and Icinga: OK, WARNING, CRITICAL or UNKNOWN, with performance data')
    .addOption(warningOption())
    .addOption(criticalOption())
    .addOption(windowOption())
    .addOption(timeoutOption('-t, --timeout <seconds>'))
    .addOption(debugOption())
    .addHelpText('after', CHECK_HELP)
    .action(async (flags: CheckFlags) => {
      const { check } = await import('../commands/check.ts');
      const { critical, timeout: timeoutMs = null, debug = false } = flags;
      const { warning, window } = checkTargetOf(flags);
      done(await check(system, { warning, critical, window, timeoutMs, debug }));
    });

  policyOptions(program.command('explain'))
    .description('which rule applies now and why: entry, backoff, credentials, budget, next request')
    .addHelpText('after', EXPLAIN_HELP)
    .action(async (flags: PolicyFlags) => {
      const { explain } = await import('../commands/explain.ts');
      done(await explain(system, policyOf(flags) ?? 'background'));
    });

  program
    .command('statusline')
    .description("Claude Code's status line: reads its JSON on standard input, prints the line")
    .option('--after <command>', 'your own status line command: its output comes first, ours behind it')
    .addOption(outputOption('ansi', LINE_KINDS))
    .addOption(formatOption())
    .addOption(colorOption())
    .addOption(timeoutOption())
    .addOption(debugOption())
    .addHelpText('after', STATUSLINE_HELP)
    .action(async (flags: StatuslineFlags) => {
      const {
        after: wrappedCommand = null,
        output,
        format = null,
        color,
        timeout: timeoutMs = null,
        debug = false,
      } = flags;
      if (wrappedCommand === '') throw new UsageError("--after is ''; accepted: a command");
      const { readStatuslineInput } = await import('./fast-statusline.ts');
      const { statusline } = await import('../commands/statusline.ts');
      const options = { wrappedCommand, output, format, color, timeoutMs, debug };
      done(await statusline(system, options, await readStatuslineInput(system)));
    });

  const cache = program
    .command('cache')
    .description('where answers are kept')
    .addHelpText('after', CACHE_HELP);
  cache
    .command('path')
    .description('print the cache directory')
    .addHelpText('after', CACHE_PATH_HELP)
    .action(async () => done(await (await import('../commands/cache.ts')).cachePath(system)));
  cache
    .command('clear')
    .description('forget what is known; backoff and request budget stay')
    .addHelpText('after', CACHE_CLEAR_HELP)
    .action(async () => done((await import('../commands/cache.ts')).cacheClear(system)));

  const config = program
    .command('config')
    .description('what is configured, and where it comes from')
    .helpCommand(false)
    .addHelpText('after', CONFIG_HELP);
  config
    .command('path')
    .description('print where the configuration is, or would be')
    .addHelpText('after', CONFIG_PATH_HELP)
    .action(async () => done((await import('../commands/config.ts')).configPath(system)));
  config
    .command('show')
    .description(
      'every value that applies, and who says so: an option, a variable, the file and its line, or nobody',
    )
    .addOption(colorOption().default(undefined))
    .addOption(timeoutOption())
    .addHelpText('after', CONFIG_SHOW_HELP)
    .action(async (flags: ConfigFlags) =>
      done((await import('../commands/config.ts')).configShow(system, flags)),
    );
  config
    .command('check')
    .description('name everything that is not understood; exit 2 when there is something')
    .addHelpText('after', CONFIG_CHECK_HELP)
    .action(async () => done((await import('../commands/config.ts')).configCheck(system)));
  config
    .command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .addHelpText('after', CONFIG_SCHEMA_HELP)
    .action(async () => done(await (await import('../commands/config.ts')).configSchema()));

  program
    .command('init')
    .description('print what a shell, bar, editor or timer needs, put it there, or take it away')
    .addArgument(new Argument('[target]').choices(Object.keys(INIT_TARGETS)))
    .addOption(new Option('--install', 'put it there, after showing what changes').conflicts('uninstall'))
    .option('--uninstall', 'take it away; without a target: everything, cache included')
    .option('--file <path>', 'the file to change, in the place of the usual one')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'with --install or --uninstall: only show what would change')
    .addHelpText('after', INIT_HELP)
    .action(async (target: InitTarget | undefined, flags: InitFlags) => {
      const options = initOptionsOf(target ?? null, flags);
      done((await import('../commands/init.ts')).init(system, options));
    });

  program
    .command('completions')
    .description('print what lets a shell complete this command line')
    .addArgument(new Argument('<shell>').choices(COMPLETION_SHELLS))
    .addHelpText('after', COMPLETIONS_HELP)
    .action(async (shell: CompletionShell) => {
      const [{ completions }, { describe }] = await Promise.all([
        import('../commands/completions/index.ts'),
        import('../commands/completions/spec.ts'),
      ]);
      done(result(completions(describe(program), shell)));
    });

  program
    .command('ready')
    .description('for hooks: prepare a line in advance and print where it is')
    .addArgument(new Argument('<kind>').choices(LINE_KINDS))
    .option('--refresh', 'ask first, if it is time to; print nothing')
    .addHelpText('after', READY_HELP)
    .action(async (kind: LineKind, { refresh = false }: { refresh?: boolean }) => {
      const { ready, refreshReady } = await import('../commands/ready.ts');
      done(refresh ? await refreshReady(system, kind) : ready(system, kind));
    });

  program
    .command('demo')
    .description('see it work on a built-in endpoint: no account, no network')
    .addHelpText('after', DEMO_HELP)
    .action(async () => done(await (await import('../commands/demo.ts')).demo(system)));

  program.hook('preAction', (_program, command) => refuseStrays(program, command));
  return program;
}

/** What the parser's complaint is about, in one line. */
function mistakeOf({ code, message }: CommanderError, program: Command, argv: readonly string[]): string {
  const group = program.commands.find((it) => it.commands.length > 0 && argv.includes(it.name()));
  if (group && code === 'commander.help')
    return `'${group.name()}' needs a command; accepted: ${namesOf(group)}`;
  const accepted = group && code === 'commander.unknownCommand' ? `; accepted: ${namesOf(group)}` : '';
  return `${message.replace(/^error: /, '').replaceAll('\n', ' ')}${accepted}`;
}

function namesOf(command: Command): string {
  return command.commands.map((it) => it.name()).join(', ');
}

/** What would be parsed and ignored: an argument too many, or an option of the line before another command. */
function refuseStrays(program: Command, command: Command): void {
  const taken = command.registeredArguments.length;
  const stray = command.args[taken];
  if (stray !== undefined && command === program) {
    throw new UsageError(`unknown command '${stray}'; accepted: ${namesOf(program)}`);
  }
  if (stray !== undefined)
    throw new UsageError(
      `'${command.name()}' takes ${taken === 0 ? 'no argument' : 'one argument'}, but there is '${stray}'`,
    );
  if (command === program) return;
  const shared = new Set(command.name() === 'show' ? command.options.map((option) => option.long) : []);
  for (const option of program.options) {
    if (program.getOptionValueSource(option.attributeName()) !== 'cli' || shared.has(option.long)) continue;
    throw new UsageError(`option '${option.long}' does not apply to '${command.name()}'`);
  }
}

/** The options of `show`, wherever they stand: before its name they are read as the line's. */
function flagsOf(program: Command, command: Command): LineFlags {
  const flags: Record<string, unknown> = command.opts();
  for (const name of program.options.map((option) => option.attributeName())) {
    const before = program.getOptionValueSource(name) === 'cli';
    if (before && command.getOptionValueSource(name) !== 'cli') flags[name] = program.getOptionValue(name);
  }
  return flags as unknown as LineFlags;
}

function usageOptions(command: Command): Command {
  command.option('--json', 'one JSON object for programs (schema usageline/v1)').addOption(colorOption());
  return policyOptions(command).addOption(timeoutOption()).addOption(debugOption());
}

function colorOption(): Option {
  return new Option('--color <when>', 'colour').choices([...COLOR_FLAGS]).default('auto' satisfies ColorFlag);
}

function outputOption(kind: LineKind, choices: readonly string[]): Option {
  return new Option('--output <kind>', 'who reads the line').choices(choices).default(kind).conflicts('json');
}

function formatOption(): Option {
  return new Option('--format <format>', `${Object.keys(PRESETS).join(', ')}, or a template`);
}

function policyOptions(command: Command): Command {
  return command
    .addOption(new Option('--wait', 'wait for a fresh answer').conflicts('cached'))
    .addOption(new Option('--no-wait', 'never wait: show what is known, refresh behind').conflicts('cached'))
    .addOption(new Option('--cached', 'never ask: show what is known').conflicts('wait'));
}

function timeoutOption(flags = '--timeout <seconds>'): Option {
  const { min, max } = TIMEOUT_RANGE;
  return new Option(flags, `deadline of a request, ${min} to ${max} (default: 2)`).argParser((text) => {
    const ms = parseTimeout(text);
    if (ms !== null) return ms;
    throw new UsageError(`--timeout is '${text}'; accepted: a number of seconds from ${min} to ${max}`);
  });
}

function criticalOption(): Option {
  return new Option('-c, --critical <percent>', 'critical from so much used on')
    .default(CHECK_DEFAULTS.critical)
    .argParser((text) => {
      const percent = parseThreshold(text);
      if (percent !== null) return percent;
      throw new UsageError(`--critical is '${text}'; accepted: a number from 0 to 100`);
    });
}

/** `-w` is a threshold, as in every plugin. No threshold is the name of a limit, so `-w 5h` names one. */
function warningOption(): Option {
  return new Option('-w, --warning <percent>', 'warning from so much used on')
    .default(CHECK_DEFAULTS.warning)
    .argParser((text: string, before: number | Warning) => {
      const warning = parseThreshold(text);
      const others = typeof before === 'number' ? {} : before;
      if (warning !== null) return { ...others, warning };
      if (limitNamed(text) !== null) return { ...others, window: text };
      throw new UsageError(
        `--warning is '${text}'; accepted: a number from 0 to 100, or the name of a limit`,
      );
    });
}

/** The values of `-w` so far. */
interface Warning {
  readonly warning?: number;
  readonly window?: string;
}

function windowOption(): Option {
  return new Option('--window <name>', 'one limit alone: 5h, 7d, 7d fable, spend, extra, or an id').argParser(
    (text) => {
      if (text.trim() !== '') return text;
      throw new UsageError("--window is ''; accepted: the name of a limit, such as 5h");
    },
  );
}

function checkTargetOf({ warning, window }: CheckFlags): { warning: number; window: string | null } {
  const given = typeof warning === 'number' ? { warning } : warning;
  const named = window ?? ('window' in given ? given.window : undefined);
  return { warning: given.warning ?? CHECK_DEFAULTS.warning, window: named ?? null };
}

function debugOption(): Option {
  return new Option('--debug', 'say on standard error what is decided and why');
}

function usageOptionsOf(command: UsageOptions['command'], flags: LineFlags): UsageOptions {
  return {
    command,
    json: flags.json ?? false,
    output: flags.output ?? 'plain',
    format: flags.format ?? null,
    color: flags.color,
    policy: policyOf(flags),
    timeoutMs: flags.timeout ?? null,
    debug: flags.debug ?? false,
    verbose: flags.verbose ?? false,
  };
}

/** What the policy flags say; null when there is none. */
function policyOf({ cached, wait }: PolicyFlags): Policy | null {
  if (cached && wait !== undefined) {
    // The parser sees this only when both stand on the same side of the command's name.
    throw new UsageError("option '--cached' cannot be used with option '--wait' or '--no-wait'");
  }
  if (cached) return 'cached';
  return wait === undefined ? null : wait ? 'wait' : 'background';
}

/** What is asked of `init`. Flags that would be ignored are a mistake. */
function initOptionsOf(target: InitTarget | null, flags: InitFlags): InitOptions {
  const { install = false, uninstall = false, file = null, yes = false, dryRun = false } = flags;
  const action = install ? 'install' : uninstall ? 'uninstall' : 'print';
  if (target === null && action !== 'uninstall') {
    throw new UsageError(`'init' needs a target; accepted: ${Object.keys(INIT_TARGETS).join(', ')}`);
  }
  if (file === '') throw new UsageError("--file is ''; accepted: a path");
  if (target === null && file !== null) throw new UsageError("option '--file' needs a target");
  const idle = Object.entries({ '--file': file !== null, '--yes': yes, '--dry-run': dryRun }).find(
    ([, on]) => on,
  );
  if (action === 'print' && idle !== undefined) {
    throw new UsageError(`option '${idle[0]}' needs '--install' or '--uninstall'`);
  }
  return { target, action, file, yes, dryRun };
}

const HELP = `
Examples:
  usageline                    5h 22% 4h37m · 7d 33% 4d3h
  usageline show               a table, with local times and what to do about errors
  usageline --json | jq .      for programs
  usageline --wait             wait for a fresh answer (a terminal does so by itself)
  usageline --output tmux      colours and escapes as tmux wants them
  usageline --format bars      5h ██░░░░░░ 22% 4h37m · 7d ███░░░░░ 33% 4d3h
  usageline --format '{5h.percent}[ until {5h.at}]'
  usageline --cached           never ask, only show what is known
  usageline refresh --quiet    for cron; silent unless you have to do something
  usageline statusline         for Claude Code's status line, whose numbers it uses
  usageline explain            why it shows what it shows, and when it asks next
  usageline demo               see all of it without an account

In a terminal the line waits for an answer, at most --timeout. Anywhere else (prompt, tmux, bar) it never
waits: it shows what is known and refreshes behind. The endpoint is asked at most once a minute and 24 times
an hour, however often you ask usageline.
`;

const STATUSLINE_HELP = `
Examples, in Claude Code's settings.json:
  "statusLine": { "type": "command", "command": "usageline statusline" }
  "statusLine": { "type": "command", "command": "usageline statusline --after 'my-own-command'" }
`;

const SHOW_HELP = `
Examples:
  usageline show
  usageline show --cached      what is known, without asking
  usageline show --verbose     which product the week was used for, too
  usageline show --json        the same as usageline --json
`;

const EXPLAIN_HELP = `
Examples:
  usageline explain            as a prompt or a bar would be answered
  usageline explain --wait     as a terminal would
`;

const REFRESH_HELP = `
Examples:
  usageline refresh
  */10 * * * * usageline refresh --quiet
Exit status: 0 fresh · 3 sign in (run claude once) · 4 try later
With --quiet a lapsed token, which Claude Code renews when it runs next, is 0 as well.
`;

const CHECK_HELP = `
Examples:
  usageline check                   CLAUDE OK - 5h 22%, 7d 33% | 'five_hour'=22%;80;95;0;100 …
  usageline check -w 70 -c 100      critical when a limit is reached
  usageline check --window 7d       CLAUDE OK - 7d 33% | 'seven_day'=33%;80;95;0;100
Exit status: 0 OK · 1 WARNING · 2 CRITICAL · 3 UNKNOWN (no numbers, or wrong usage)
`;

const INIT_HELP = `
Targets:
${Object.entries(INIT_TARGETS)
  .map(([name, about]) => `  ${name.padEnd(12)} ${about}`)
  .join('\n')}

Examples:
  usageline init zsh --install          a marked block in ~/.zshrc, shown before it is written
  usageline init zsh --uninstall        the file as it was, byte for byte
  usageline init --uninstall            everything: all targets, the launcher, the cache
  usageline init tmux                   only print it, with where it goes
  usageline init claude --install --dry-run
  eval "$(usageline init zsh)"          without a change to any file, until the shell ends
`;

const COMPLETIONS_HELP = `
Examples:
  eval "$(usageline completions zsh)"           into ~/.zshrc, after compinit
  eval "$(usageline completions bash)"          into ~/.bashrc
  usageline completions fish > ~/.config/fish/completions/usageline.fish
  usageline completions powershell | Out-String | Invoke-Expression
`;

const READY_HELP = `
Examples:
  usageline ready zsh              the ready line's path, and those of the files whose change ends it
  usageline ready zsh --refresh    what a hook starts behind the prompt
`;

const DEMO_HELP = `
Examples:
  usageline demo
`;

const CACHE_PATH_HELP = `
Examples:
  ls -R "$(usageline cache path)"
`;

const CACHE_CLEAR_HELP = `
Examples:
  usageline cache clear
  usageline cache clear && usageline --wait    the request budget holds all the same
`;

const CONFIG_HELP = `
Examples:
  usageline config show
  $EDITOR "$(usageline config path)" && usageline config check
`;

const CONFIG_PATH_HELP = `
Examples:
  $EDITOR "$(usageline config path)"
`;

const CONFIG_CHECK_HELP = `
Examples:
  usageline config check && echo 'all of it is understood'
`;

const CONFIG_SHOW_HELP = `
Examples:
  usageline config show
  usageline config show --timeout 5      an option goes before variables, variables before the file
`;

const CONFIG_SCHEMA_HELP = `
Examples:
  usageline config schema > ~/.config/usageline/config.schema.json
and, for editors with taplo (Even Better TOML), as the first line of config.toml beside it:
  #:schema ./config.schema.json
`;

const CACHE_HELP = `
Examples:
  ls -R "$(usageline cache path)"
  usageline cache clear
`;
