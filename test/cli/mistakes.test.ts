import { describe, expect, it } from 'vitest';
import { interpret } from '../../src/cli/program.ts';
import { isUsageError } from '../../src/commands/command.ts';
import { loadAll } from '../../src/commands/index.ts';
import { fakeSystem } from '../support/system.ts';

/** The message and the hint for a command line; the text that it prints if it is correct. */
async function answerTo(...argv: string[]): Promise<{ message: string; hint: string | null } | string> {
  try {
    return (await interpret(fakeSystem(), argv)).stdout;
  } catch (error) {
    if (!isUsageError(error)) throw error;
    return { message: error.message, hint: error.hint };
  }
}

const KINDS = 'plain, ansi, zsh, .*';

/** The arguments, the message (`…` for any text), and the command whose help is the hint. */
const MISTAKES: [argv: string[], message: string, command?: string][] = [
  // Commands.
  [['shwo'], "unknown command 'shwo'; accepted: show, refresh, …; did you mean 'show'?"],
  [['SHOW'], "unknown command 'SHOW'; accepted: show, …; did you mean 'show'?"],
  [['stats'], "unknown command 'stats'; accepted: show, …; did you mean 'show' or 'cache stats'?"],
  [['status'], "unknown command 'status'; accepted: show, …; did you mean 'show'?"],
  [['refrsh'], "unknown command 'refrsh'; accepted: show, …; did you mean 'refresh'?"],
  [['update'], "unknown command 'update'; accepted: show, …; did you mean 'refresh'?"],
  [['install'], "unknown command 'install'; accepted: show, …; did you mean 'setup'?"],
  [['uninstall'], "unknown command 'uninstall'; accepted: show, …; did you mean 'init --uninstall'?"],
  [['doctor'], "unknown command 'doctor'; accepted: show, …; did you mean 'explain'?"],
  [['compl'], "unknown command 'compl'; accepted: show, …; did you mean 'completions'?"],
  [['bogus'], "unknown command 'bogus'; accepted: show, refresh, …, demo, help"],
  [[''], "unknown command ''; accepted: show, …, demo, help"],
  [['x\u001B[2J'], "unknown command 'x?[2J'; accepted: show, …, demo, help"],
  [['--json', 'shwo'], "unknown command 'shwo'; accepted: show, …; did you mean 'show'?"],
  [['help', 'shwo'], "unknown command 'shwo'; accepted: show, …; did you mean 'show'?"],
  [['hepl'], "unknown command 'hepl'; accepted: show, …; did you mean 'help'?"],
  [['version'], "unknown command 'version'; accepted: show, …; did you mean '--version'?"],
  [['set', 'format', 'bars'], "unknown command 'set'; accepted: …; did you mean 'config set'?"],
  [['path'], "unknown command 'path'; accepted: …; did you mean 'cache path' or 'config path'?"],
  [['validate'], "unknown command 'validate'; accepted: …; did you mean 'config check'?"],
  [['theme'], "unknown command 'theme'; accepted: …; did you mean 'formats'?"],
  [['config', 'remove'], "unknown command 'remove'; accepted: …; did you mean 'unset'?", 'config'],
  [['cache'], "'cache' needs a command; accepted: path, clear, stats, verify, help", 'cache'],
  [
    ['cache', 'clean'],
    "unknown command 'clean'; accepted: path, clear, stats, verify, help; did you mean 'clear'?",
    'cache',
  ],
  [['cache', 'bogus'], "unknown command 'bogus'; accepted: path, clear, stats, verify, help", 'cache'],
  [
    ['cache', 'help', 'cler'],
    "unknown command 'cler'; accepted: path, clear, stats, verify, help; did you mean 'clear'?",
    'cache',
  ],
  [
    ['config'],
    "'config' needs a command; accepted: get, set, unset, edit, init, path, show, check, schema, help",
    'config',
  ],
  [['config', 'lst'], "unknown command 'lst'; accepted: get, …, schema, help", 'config'],
  [['config', 'validate'], "unknown command 'validate'; accepted: get, …; did you mean 'check'?", 'config'],
  // Options.
  [['--jsn'], "unknown option '--jsn'; accepted: --json, …, --help; did you mean '--json'?"],
  [['--no-color'], "unknown option '--no-color'; accepted: …; did you mean '--color never'?"],
  [['show', '--no-color'], "unknown option '--no-color'; …; did you mean '--color never'?", 'show'],
  [['cache', 'path', '--no-color'], "unknown option '--no-color'; accepted: --…help", 'cache path'],
  [['--bogus'], "unknown option '--bogus'; accepted: --json, …, --help"],
  [['-x'], "unknown option '-x'; accepted: --json, …, --help"],
  [['--vesion'], "unknown option '--vesion'; accepted: …, --version, --help; did you mean '--version'?"],
  [['show', '-V'], "unknown option '-V'; accepted: …, --help; -V is an option of 'usageline'", 'show'],
  [['config', '--version'], "unknown option '--version'; …; --version is an option of 'usageline'", 'config'],
  [['--palette', 'nord'], "unknown option '--palette'; …; palette is set in the configuration: see …"],
  [['show', '--hide=7d'], "unknown option '--hide=7d'; …; hide is set in the configuration: see …", 'show'],
  [['--json=1'], "--json takes no value, but there is '1'"],
  [['--fromat=bars'], "unknown option '--fromat=bars'; accepted: …; did you mean '--format'?"],
  [['--verbose'], "unknown option '--verbose'; accepted: …; --verbose is an option of 'usageline show'"],
  [['show', '--jsno'], "unknown option '--jsno'; accepted: …; did you mean '--json'?", 'show'],
  [
    ['show', '--format', 'bars'],
    "unknown option '--format'; accepted: --json, …, --help; the table takes its looks from the configuration, [output.show]: see `usageline config show`",
    'show',
  ],
  [['show', '--output=tmux'], "unknown option '--output=tmux'; …; the table takes its looks from …", 'show'],
  [['--output', 'tmux', 'show'], "unknown option '--output'; …; the table takes its looks from …", 'show'],
  [
    ['refresh', '--forc'],
    "unknown option '--forc'; accepted: --force, …; did you mean '--force'?",
    'refresh',
  ],
  [
    ['refresh', '--wait'],
    "unknown option '--wait'; accepted: --force, --quiet, --timeout, --debug, --account, --provider, --all, --help; --wait is an option of 'usageline', 'usageline show', 'usageline explain'",
    'refresh',
  ],
  [['--wait', 'refresh'], "unknown option '--wait'; accepted: --force, …, --help", 'refresh'],
  [
    ['cache', 'clear', '--yes'],
    "unknown option '--yes'; accepted: --account, --provider, --all, --help; --yes is an option of …",
    'cache clear',
  ],
  [['config', 'check', '--json'], "unknown option '--json'; accepted: --help; …", 'config check'],
  [['config', '--bogus'], "unknown option '--bogus'; accepted: --help", 'config'],
  [['statusline', '--nope'], "unknown option '--nope'; accepted: --after, …, --help", 'statusline'],
  [['--wait', '--cached'], '--wait cannot be used with --cached; accepted: one of them'],
  [['--wait', 'show', '--cached'], '--wait cannot be used with --cached; accepted: one of them', 'show'],
  [['init', 'zsh', '--install', '--uninstall'], '--install cannot be used with --uninstall; …', 'init'],
  [['--json', '--format', 'bars'], '--format cannot be used with --json; accepted: one of them'],
  [['--json', '--output', 'tmux'], '--output cannot be used with --json; accepted: one of them'],
  // Values of options.
  [['--color', 'blue'], "--color is 'blue'; accepted: auto, always, never"],
  [['--color', 'alway'], "--color is 'alway'; accepted: auto, always, never; did you mean 'always'?"],
  [['--color', ''], "--color is ''; accepted: auto, always, never"],
  [['--color'], '--color needs a value; accepted: auto, always, never'],
  [['--output', 'tmx'], `--output is 'tmx'; accepted: ${KINDS}; did you mean 'tmux'?`],
  [['--output'], `--output needs a value; accepted: ${KINDS}`],
  [['--timeout', '5s'], "--timeout is '5s'; accepted: a number of seconds from 0.1 to 300"],
  [['--timeout', '--json'], "--timeout is '--json'; accepted: a number of seconds from 0.1 to 300"],
  [['--timeout'], '--timeout needs a value; accepted: a number of seconds from 0.1 to 300'],
  [['--format'], '--format needs a value; accepted: default, compact, …, or a template'],
  [['--format', 'bar'], "--format is 'bar': no placeholder in it; accepted: …; did you mean 'bars'?"],
  [['--format', '{5h.percnt}'], "--format is …; accepted: …; did you mean '{5h.percent}'?"],
  [['statusline', '--output', 'waybr'], "--output is 'waybr'; accepted: …; did you mean …", 'statusline'],
  [['statusline', '--after', ''], "--after is ''; accepted: a command", 'statusline'],
  [
    ['check', '-w', 'many'],
    "--warning is 'many'; accepted: a number from 0 to 100, or the name of a limit",
    'check',
  ],
  [['check', '-c'], '--critical needs a value; accepted: a number from 0 to 100', 'check'],
  [['init', 'zsh', '--install', '--file'], '--file needs a value; accepted: a path', 'init'],
  // Arguments.
  [
    ['setup', 'zsh'],
    "'setup' takes no argument, but there is 'zsh'; did you mean 'init zsh --install'?",
    'setup',
  ],
  [['setup', 'foo'], "'setup' takes no argument, but there is 'foo'", 'setup'],
  [['show', 'extra'], "'show' takes no argument, but there is 'extra'", 'show'],
  [['cache', 'path', 'x'], "'cache path' takes no argument, but there is 'x'", 'cache path'],
  [['completions'], "'completions' needs a shell; accepted: zsh, bash, fish, powershell", 'completions'],
  [['completions', 'tcsh'], "shell is 'tcsh'; accepted: zsh, bash, fish, powershell; …", 'completions'],
  [['completions', 'zsh', 'x'], "'completions' takes one argument, but there is 'x'", 'completions'],
  [['init', 'bsh'], "target is 'bsh'; accepted: zsh, bash, …; did you mean 'bash'?", 'init'],
  [['ready'], "'ready' needs a kind; accepted: plain, …", 'ready'],
  [['config', 'set'], "'config set' needs a key; accepted: network, …, output", 'config set'],
  [['config', 'unset'], "'config unset' needs a key; accepted: network, …, output", 'config unset'],
  [['config', 'set', 'clock'], '\'config set\' needs a value; accepted: "24h", "12h"', 'config set'],
  [
    ['config', 'set', 'clock=12h'],
    "'config set' needs a value; accepted: …; did you mean 'config set clock 12h'?",
    'config set',
  ],
  [['config', 'set', 'clok'], '"clok" is no key; accepted: …; did you mean "clock"?', 'config set'],
  [
    ['config', 'set', 'hide', '7d', 'Fable'],
    "'config set' takes two arguments, but there is 'Fable'; a value with spaces needs quotes",
    'config set',
  ],
  [['config', 'get', 'a', 'b'], "'config get' takes one argument, but there is 'b'…", 'config get'],
  // Keys and values of the configuration.
  [
    ['config', 'set', 'fromat', 'bars'],
    '"fromat" is no key; accepted: network, …; did you mean "format"?',
    'config set',
  ],
  [
    ['config', 'get', 'treshold'],
    '"treshold" is no key; accepted: …; did you mean "thresholds"?',
    'config get',
  ],
  [['config', 'get', 'warn'], '"warn" is no key; accepted: …; did you mean "thresholds.warn"?', 'config get'],
  [
    ['config', 'get', 'thresholds'],
    '"thresholds" is a table; accepted: thresholds.warn, thresholds.critical',
    'config get',
  ],
  [
    ['config', 'get', 'output.tmx.percent'],
    '"output.tmx" is no key; …; did you mean "output.tmux"?',
    'config get',
  ],
  [
    ['config', 'get', 'output.tmux.timeout'],
    '"output.tmux.timeout" is no key; …; did you mean "timeout"?',
    'config get',
  ],
  [
    ['config', 'set', 'percent', 'lft'],
    'percent is "lft"; accepted: "used", "left"; did you mean "left"?',
    'config set',
  ],
  [
    ['config', 'set', 'clock', '12'],
    'clock is "12"; accepted: "24h", "12h"; did you mean "12h"?',
    'config set',
  ],
  [
    ['config', 'set', 'colors.critical', 'blod rde'],
    'colors.critical is "blod rde"; accepted: …; did you mean "bold red"?',
    'config set',
  ],
  [
    ['config', 'set', 'timeout', 'nan'],
    'timeout is "nan"; accepted: a number of seconds from 0.1 to 300',
    'config set',
  ],
  [
    ['config', 'unset', 'fromat'],
    '"fromat" is no key; accepted: network, …; did you mean "format"?',
    'config unset',
  ],
  [
    ['config', 'set', 'timeout', '0'],
    'timeout is 0; accepted: a number of seconds from 0.1 to 300',
    'config set',
  ],
  [
    ['config', 'set', 'format', 'bar'],
    'format is "bar": no placeholder …; did you mean \'bars\'?',
    'config set',
  ],
  [
    ['config', 'set', 'colors.ok', 'gren'],
    'colors.ok is "gren"; accepted: …; did you mean "green"?',
    'config set',
  ],
  [
    ['config', 'set', 'api_base_url', 'http://example.com'],
    'api_base_url (the value) is refused: …',
    'config set',
  ],
  [
    ['config', 'edit'],
    "'config edit' needs an editor; accepted: its command in VISUAL or EDITOR",
    'config edit',
  ],
];

describe('wrong usage is named with its value, what is accepted, and the nearest word', () => {
  it.each(MISTAKES)('%j', async (argv, message, command = '') => {
    const pattern = message.split(KINDS).map(escaped).join(KINDS);
    expect(await answerTo(...argv)).toEqual({
      message: expect.stringMatching(new RegExp(`^${pattern}$`)),
      hint: ['usageline', command, '--help'].filter(Boolean).join(' '),
    });
  });

  it('in one line, without the words of the parser', async () => {
    for (const [argv] of MISTAKES) {
      const answer = await answerTo(...argv);
      const text = typeof answer === 'string' ? answer : answer.message;
      expect(text).not.toMatch(/\n|\u001B|error:|Did you|Allowed choices/);
    }
  });
});

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll('…', '.*');
}

describe('help', () => {
  it.each([
    [['help'], ['--help']],
    [
      ['help', 'show'],
      ['show', '--help'],
    ],
    [
      ['help', 'cache'],
      ['cache', '--help'],
    ],
    [
      ['help', 'cache', 'clear'],
      ['cache', 'clear', '--help'],
    ],
    [
      ['cache', 'help'],
      ['cache', '--help'],
    ],
    [
      ['cache', 'help', 'clear'],
      ['cache', 'clear', '--help'],
    ],
    [
      ['help', 'init', 'zsh'],
      ['init', '--help'],
    ],
    [['help', '--help'], ['--help']],
    [['-h'], ['--help']],
    [['-V'], ['--version']],
    [['-v'], ['--version']],
  ])('%j prints what %j prints', async (one, other) => {
    const text = await answerTo(...one);
    expect(typeof text).toBe('string');
    expect(text).toBe(await answerTo(...other));
  });

  it('does not list the commands for programs, but prints their help', async () => {
    const { commands } = await loadAll();
    const hidden = commands.filter((it) => it.hidden).map(({ name }) => name);
    expect(hidden).toEqual(['ready']);
    expect(await answerTo('--help')).not.toMatch(/^ +ready/m);
    expect(await answerTo('completions', 'zsh')).not.toContain('ready');
    expect(await answerTo('ready', '--help')).toContain('usageline ready zsh');
  });

  it('fits into 80 columns', async () => {
    const { commands } = await loadAll();
    const paths = commands.flatMap((it) =>
      'commands' in it ? [[it.name], ...it.commands.map(({ name }) => [it.name, name])] : [[it.name]],
    );
    const texts = await Promise.all([[], ...paths].map((path) => answerTo(...path, '--help')));
    const lines = texts.flatMap((text) => (text as string).split('\n'));
    // A line of settings cannot be broken.
    const long = lines.filter((line) => line.length > 80 && !line.startsWith('  "statusLine"'));
    expect(long).toEqual([]);
  });
});

describe('a synonym', () => {
  it('is no command, and suggests one command only', async () => {
    const { commands } = await loadAll();
    const groups = [commands, ...commands.flatMap((it) => ('commands' in it ? [it.commands] : []))];
    for (const group of groups) {
      const words = group.flatMap(({ name, synonyms = [] }) => [name, ...synonyms]);
      expect(words).toEqual([...new Set(words)]);
    }
  });
});
