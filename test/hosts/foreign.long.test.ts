import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MINUTE } from '../../src/usage/time.ts';
import { runProgram } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';
import { itAsOrdinaryUser } from '../support/user.ts';
import { aHost, eventually, NEW_LINE, OLD_LINE, quoted, Terminal } from './host.ts';
import type { Host } from './host.ts';
import { open, script, shells } from './shells.ts';

/** What a user's shell has besides the hook: options, traps, aliases, functions, read-only names, other prompts. */

/**
 * Runs an interactive bash with these lines around the hook and commands on its standard input. Returns all
 * output.
 */
async function bash(
  host: Host,
  { before = [], after = [], commands = ['true', 'true'] }: Record<string, readonly string[]>,
): Promise<string> {
  const { init, counted } = shells.bash;
  const rc = host.write(
    '.bashrc',
    [`PS1='P> '`, 'usageline_lead=', ...before, init, counted, ...after, ''].join('\n'),
  );
  const input = host.write('input', [...commands, ''].join('\n'));
  const command = `bash --noprofile --rcfile ${quoted(rc)} -i <${quoted(input)} 2>&1`;
  const { stdout } = await runProgram('sh', ['-c', command], host.machine.env);
  return stdout
    .replaceAll(/\u001B\[[\d;]*m|[\u0001\u0002]|\r(?=\n)/g, '')
    .replaceAll(/^bash: (cannot set terminal process group|no job control).*\n/gm, '');
}

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

describeWith('bash', 'the hook in bash', () => {
  const prompts = (screen: string) => count(screen, new RegExp(`^${OLD_LINE}\nP> `, 'gm'));

  it('shows the line as text where bash expands nothing in a prompt, and as a parameter when bash expands again', async () => {
    const host = await aHost(['bash']);
    const commands = ['shopt -s promptvars', 'echo "<$PS1>"', 'shopt -u promptvars', 'echo "<$PS1>"'];
    const screen = await bash(host, { before: ['shopt -u promptvars'], commands });
    expect(prompts(screen)).toBe(5);
    expect(screen).toContain('<${usageline_prompt:+$usageline_lead$usageline_prompt\\n}P> >');
    expect(screen).toContain(`<${OLD_LINE}\\nP> >`);
  });

  it('renews the text where bash expands nothing in a prompt', async () => {
    const host = await aHost(['bash']);
    const later = 'usageline_prompt=other USAGELINE=other _usageline_until=0';
    const screen = await bash(host, {
      before: ['shopt -u promptvars'],
      commands: [later, 'true', 'echo "<$PS1>"'],
    });
    expect(screen).toContain(`<${OLD_LINE}\\nP> >`);
    expect(screen).not.toMatch(/other\s*P>/);
  });

  it.each(['PS1', 'PROMPT_COMMAND'])('reports once that %s is read-only', async (name) => {
    const host = await aHost(['bash']);
    const set = ['PROMPT_COMMAND=true', `readonly ${name}`];
    const commands = ['true', 'true', '_usageline_until=0', 'true'];
    for (const lines of name === 'PS1' ? [{ before: set }, { after: ['readonly PS1'] }] : [{ before: set }]) {
      const screen = await bash(host, { ...lines, commands });
      expect(count(screen, new RegExp(`^usageline: ${name} is read-only`, 'gm'))).toBe(1);
      expect(screen).not.toMatch(/readonly variable/);
      expect(count(screen, /^P> /gm)).toBe(5);
    }
  });

  it.each(['set -E', 'set -eEu; set +e', 'set -u', ':'])('causes no ERR trap, with %s', async (options) => {
    const host = await aHost(['bash']);
    const trap = [options, `trap 'echo "ERR:$BASH_COMMAND"' ERR`];
    const string = [`PROMPT_COMMAND="_usageline_precmd; echo \\"status=\\$?\\""`];
    const commands = ['false', '_usageline_until=0', '(exit 4)', 'true'];
    for (const lines of [{ before: trap }, { after: trap }, { before: trap, after: string }]) {
      const screen = await bash(host, { ...lines, commands });
      expect(count(screen, /^ERR:/gm), screen).toBe(2);
      expect(prompts(screen)).toBe(5);
      if ('after' in lines && lines.after === string) {
        expect(screen.match(/^status=\d/gm)).toEqual([
          'status=0',
          'status=1',
          'status=0',
          'status=4',
          'status=0',
        ]);
      }
    }
  });

  it("leaves a RETURN trap to the user's functions", async () => {
    const host = await aHost(['bash']);
    const before = [`trap 'echo "RETURN:$FUNCNAME"' RETURN`];
    const screen = await bash(host, { before, commands: ['f() { :; }', 'f', '_usageline_until=0', 'true'] });
    expect(count(screen, /RETURN:_usageline/g)).toBe(0);
    expect(prompts(screen)).toBe(5);
  });

  /** What terminals do: their part of PROMPT_COMMAND announces that the next command is the user's. */
  const terminal = [
    'seen=0; mark() { seen=0; }',
    'debug() { [[ $seen == 1 || $BASH_COMMAND == mark ]] || { seen=1; echo "RUN:$BASH_COMMAND"; }; }',
    'PROMPT_COMMAND=mark',
    'trap debug DEBUG',
  ];
  const commands = ['echo one', 'echo two', '_usageline_until=0', 'echo three', 'echo four'];
  const printed = (screen: string) => screen.match(/^RUN:echo \w+$/gm)?.map((line) => line.slice(9));
  const ALL = ['one', 'two', 'three', 'four'];

  it("lets a terminal's DEBUG trap see every command", async () => {
    const host = await aHost(['bash']);
    const screen = await bash(host, { before: terminal, commands });
    expect(printed(screen), screen).toEqual(ALL);
    expect(prompts(screen)).toBe(6);
  });

  it.each([
    'PROMPT_COMMAND+=(mark)',
    'PROMPT_COMMAND=("${PROMPT_COMMAND[@]}" mark)',
    'PROMPT_COMMAND="$PROMPT_COMMAND; mark"',
  ])('lets a DEBUG trap that is set after the hook see every command: %s', async (how) => {
    const host = await aHost(['bash']);
    const after = [...terminal.slice(0, 2), how, 'trap debug DEBUG'];
    const screen = await bash(host, { after, commands });
    expect(printed(screen), screen).toEqual(ALL);
    expect(prompts(screen)).toBe(6);
  });

  it('runs after a theme and still lets the DEBUG trap see every command', async () => {
    const host = await aHost(['bash']);
    const theme = ["theme() { PS1='T> '; }", 'other() { :; }', 'PROMPT_COMMAND=(other theme mark)'];
    const screen = await bash(host, { before: [...terminal, ...theme], commands });
    expect(printed(screen), screen).toEqual(ALL);
    expect(screen.trimEnd()).toMatch(new RegExp(`\n${OLD_LINE}\nT> [^\n]*$`));
  });

  it('loads where a comment is a command', async () => {
    const host = await aHost(['bash']);
    const screen = await bash(host, { before: ['shopt -u interactive_comments'] });
    expect(screen).not.toContain('not found');
    expect(prompts(screen)).toBe(3);
  });

  it('works although names that it uses are read-only', async () => {
    const host = await aHost(['bash']);
    const names =
      'now text line rest from id tag format refresh until candidate answer plain style status boot IFS';
    const screen = await bash(host, { before: [`readonly ${names}`] });
    expect(screen).not.toMatch(/readonly|read-only/);
    expect(prompts(screen)).toBe(3);
  });

  const WORDS =
    'local return read shopt set unset echo printf declare typeset export source trap true false test [ : cd exec shift';

  it('works although aliases and functions have the names of builtins', async () => {
    const host = await aHost(['bash']);
    const before = [
      `for word in ${WORDS} if then fi while do done case esac for in; do alias "$word=echo ALIAS; $word"; done`,
      // All names that bash accepts for a function.
      ...WORDS.split(' ').map(
        (word) => `\\builtin eval 'function ${word} { command echo FUNCTION >&2; }' 2>/dev/null`,
      ),
    ];
    const { init } = shells.bash;
    const rc = host.write(
      '.bashrc',
      [`PS1='P> '`, 'usageline_lead=', ...before, `\\builtin ${init}`, ''].join('\n'),
    );
    const command = `bash --noprofile --rcfile ${quoted(rc)} -i </dev/null 2>&1`;
    const { stdout } = await runProgram('sh', ['-c', command], host.machine.env);
    expect(stdout).not.toMatch(/ALIAS|FUNCTION|error/);
    expect(stdout).toContain('22%');
    // The user's functions and aliases are in effect again.
    const again = await bash(host, {
      before: ["alias mine='echo ALIAS'"],
      commands: ['mine', 'shopt expand_aliases'],
    });
    expect(again).toMatch(/^ALIAS$/m);
    expect(again).toMatch(/^expand_aliases\s+on$/m);
  });

  it('keeps two accounts apart where texts compare without case', async () => {
    const host = await aHost(['bash']);
    const before = ['shopt -s nocasematch'];
    const other = `export CLAUDE_CONFIG_DIR=${quoted(join(host.home, 'WORK'))}`;
    const lower = `export CLAUDE_CONFIG_DIR=${quoted(join(host.home, 'work'))}`;
    await bash(host, { before, commands: [other, lower, 'true'] });
    expect(host.started.filter((args) => args === 'ready bash')).toHaveLength(2);
  });
});

/** Runs a zsh with these lines before the hook. Returns the state of the hook after two prompts. */
async function zsh(host: Host, before: string): Promise<string> {
  const init = host.write('init.zsh', (await host.machine.run(['init', 'zsh'])).stdout);
  const lines = `${before}\n\\builtin eval "$(<${init})"\n_usageline_precmd; _usageline_precmd; builtin print -r -- "<$USAGELINE>"`;
  const { stdout, stderr } = await runProgram('zsh', ['-f', '-i', '-c', lines], host.machine.env);
  return stderr + stdout;
}

describeWith('zsh', 'the hook in zsh', () => {
  it('shows the line with every option inverted', async () => {
    const host = await aHost(['zsh']);
    const init = host.write('init.zsh', (await host.machine.run(['init', 'zsh'])).stdout);
    const each = [
      // Options that cannot be set, that end or trace the shell, or that describe how it was started.
      "for option in $(zsh -fc 'print -l ${(ko)options}'); do case $option in",
      'exec|interactive|login|monitor|onecmd|privileged|rcs|norcs|globalrcs|restricted|shinstdin|singlecommand|sourcetrace|stdin|verbose|xtrace|zle) continue ;; esac',
      `printf '%s ' "$option"; zsh -f -i -c "[[ -o $option ]] && unsetopt $option || setopt $option`,
      `eval \\"\\$(cat ${quoted(init)})\\"; _usageline_precmd; _usageline_precmd; print -r -- \\"<\\$USAGELINE>\\"" 2>&1 </dev/null`,
      'done',
    ].join('\n');
    const { stdout } = await runProgram('sh', ['-c', each], host.machine.env);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(150);
    expect(lines.filter((line) => !line.endsWith(`<${OLD_LINE}>`))).toEqual([]);
  });

  it.each([
    'emulate sh',
    'emulate ksh',
    'emulate csh',
    'setopt ignore_braces csh_junkie_quotes rc_quotes sh_glob',
  ])('shows the line after `%s`', async (options) => {
    expect(await zsh(await aHost(['zsh']), options)).toBe(`<${OLD_LINE}>\n`);
  });

  it('shows the line without raw colours where percent signs are literal', async () => {
    const host = await aHost(['zsh']);
    for (const options of ['no_prompt_percent', 'no_prompt_percent prompt_subst']) {
      const text = await zsh(host, `setopt ${options}\nTRAPEXIT() { print -P -r -- "[$RPROMPT]"; }`);
      expect(text).toBe(`<${OLD_LINE}>\n[${OLD_LINE}]\n`);
    }
  });

  const WORDS =
    'local typeset setopt emulate return print zle exec trap zmodload source test cd true command export';

  it('works although aliases and functions have the names of builtins', async () => {
    const host = await aHost(['zsh']);
    const before = [
      `for word in ${WORDS} if then else fi for do done case esac while function; do`,
      '  alias -- "$word=echo ALIAS; $word"; alias -g -- "$word=GLOBAL"; done',
      'alias -g 1=GLOBAL 2=GLOBAL same=GLOBAL config=GLOBAL none=GLOBAL -- -L=GLOBAL zsh=GLOBAL no_aliases=GLOBAL',
      ...WORDS.split(' ').map((word) => `functions[${word}]='builtin print -u2 FUNCTION'`),
    ];
    expect(await zsh(host, before.join('\n'))).toBe(`<${OLD_LINE}>\n`);
  });

  it('works although names that it uses are read-only or of another type', async () => {
    const host = await aHost(['zsh']);
    const names = 'now text rest plain since till answer file'.split(' ').map((name) => `${name}=1`);
    const before = `typeset -r ${names.join(' ')}\ntypeset -A line lines; typeset -i head\nsetopt warn_nested_var warn_create_global`;
    expect(await zsh(host, before)).toBe(`<${OLD_LINE}>\n`);
  });

  it('is invisible to a trap for ZERR', async () => {
    const host = await aHost(['zsh']);
    expect(await zsh(host, "trap 'print TRAP' ZERR")).toBe(`<${OLD_LINE}>\n`);
  });

  it.each(['RPROMPT', 'precmd_functions'])('reports once that %s is read-only', async (name) => {
    const host = await aHost(['zsh']);
    const value = name === 'RPROMPT' ? 'typeset -r RPROMPT=mine' : 'typeset -ar precmd_functions=()';
    const warning = `usageline: ${name} is read-only, so the line is not in the prompt\n`;
    expect(await zsh(host, value)).toBe(`${warning}<${OLD_LINE}>\n`);
  });
});

/**
 * What powerlevel10k does to prompts: after all other hooks it builds its prompt from the segments that were
 * configured.
 */
const P10K = `
typeset -ga POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS
p10k() {
  shift
  while (( $# )); do case $1 in -c) condition=$2; shift 2 ;; -t) RPROMPT+="\\\${\${condition}:+$2}"; shift 2 ;; *) shift ;; esac; done
}
prompt_standin() { RPROMPT+='standin ' }
_p9k_precmd() {
  (( $+elements )) || typeset -ga elements=($POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS)
  RPROMPT= ; for element in $elements; do prompt_$element; done
  precmd_functions=(_p9k_do_nothing \${precmd_functions:#(_p9k_precmd|_p9k_do_nothing)} _p9k_precmd)
  setopt prompt_subst
}
_p9k_do_nothing() { true }
precmd_functions=(_p9k_do_nothing $precmd_functions _p9k_precmd)`;
const PRESET = `unset -m 'POWERLEVEL9K_*'; POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS=(standin)`;

describeWith('tmux', 'at a terminal', () => {
  describeWith('zsh', 'the hook in zsh', () => {
    it.concurrent.each([
      ['after its configuration', { before: `${P10K}\n${PRESET}` }],
      ['before it', { after: `${P10K}\n${PRESET}` }],
      ['between it and its configuration', { before: P10K, after: PRESET }],
    ])('is a segment of powerlevel10k at every prompt when it is read %s', async (_, lines) => {
      const host = await aHost(['zsh']);
      await host.ageBy(12 * MINUTE, 'zsh');
      host.holdRefreshes(true);
      const aged = `standin ${OLD_LINE} · 12m ago`;
      const terminal = await open(host, shells.zsh, { ...lines, ready: aged });
      for (const _prompt of [1, 2]) {
        await terminal.command('true');
        expect(count(await terminal.screen(), /5h 22%/g)).toBeGreaterThan(1);
        expect(await terminal.last()).toContain(aged);
      }
      host.holdRefreshes(false);
      // Drawn again at the same position.
      expect(await terminal.shows(`standin ${NEW_LINE}`)).not.toMatch(/error|not found/);
    });

    it.concurrent('is not placed where the user has placed it already', async () => {
      const host = await aHost(['zsh']);
      const terminal = await open(host, shells.zsh, { before: `usageline_place=none\n${P10K}\n${PRESET}` });
      await terminal.command('true');
      expect(await terminal.screen()).not.toContain('5h 22%');
    });

    it.concurrent('is separated from the prompt by a space, and occurs once', async () => {
      const host = await aHost(['zsh']);
      const after = 'theme() { RPROMPT=theme; }; precmd_functions=(_usageline_precmd theme)';
      const terminal = await open(host, shells.zsh, { after, ready: / > +theme$/m });
      await terminal.command('true');
      await terminal.command('true');
      expect(await terminal.last()).toMatch(new RegExp(`> +theme ${OLD_LINE}$`));
    });
  });

  describeWith('fish', 'the hook in fish', () => {
    it.concurrent('is separated from the prompt by a space', async () => {
      const host = await aHost(['fish']);
      const before = "function fish_right_prompt; set_color red; echo -n 'mine'; set_color normal; end";
      await open(host, shells.fish, { before, ready: `mine ${OLD_LINE}` });
    });

    /** fish 3.3 of Ubuntu 22.04 has no builtin `path`; a user can have a function of that name. */
    it.concurrent.each([
      ['is missing', "echo 'fish: Unknown command: path' >&2; return 127"],
      ['is a function of the user', 'string join : $PATH'],
    ])('shows the line, its age, new numbers and another login where `path` %s', async (_, body) => {
      const host = await aHost(['fish']);
      await host.ageBy(12 * MINUTE, 'fish');
      host.holdRefreshes(true);
      const before = `function path; ${body}; end`;
      const terminal = await open(host, shells.fish, { before, ready: `${OLD_LINE} · 12m ago` });
      await terminal.command('true');
      expect(await terminal.last()).toContain('12m ago');
      host.holdRefreshes(false);
      await terminal.shows(NEW_LINE);
      expect(host.refreshes).toBe(1);
      expect(await terminal.screen()).not.toMatch(/[Uu]nknown|error|test:/);
      fs.utimesSync(host.machine.credentials, Date.now() / 1000 + 5, Date.now() / 1000 + 5);
      host.holdRefreshes(true);
      await terminal.command('true');
      expect(await terminal.last()).toMatch(/> +…$/);
      host.holdRefreshes(false);
    });
  });

  describeWith('vim', 'the script for vim', () => {
    it.concurrent.each([
      ['vim -Z', ['vim', '-Z']],
      ['SHELL=/usr/sbin/nologin', ['env', 'SHELL=/usr/sbin/nologin', 'vim']],
      ['SHELL=/bin/false', ['env', 'SHELL=/bin/false', 'vim']],
    ])('shows no line and no error in %s', async (_, argv) => {
      const host = await aHost(['plain']);
      const vimrc = host.write('usageline.vim', (await host.machine.run(['init', 'vim'])).stdout);
      const common = ['-N', '-u', 'NONE', '-i', 'NONE', '-n', '-c', `source ${vimrc}`];
      const terminal = await Terminal.open(host, [...argv, ...common]);
      await terminal.type(':echo "ru" . "ns " . &laststatus\n');
      expect(await terminal.shows(/runs \d/)).not.toMatch(/E\d+:|Press ENTER|5h 22%/);
      await terminal.close();
    });

    it.concurrent('shows the line in every other vim', async () => {
      const host = await aHost(['plain']);
      const vimrc = host.write('usageline.vim', (await host.machine.run(['init', 'vim'])).stdout);
      const terminal = await Terminal.open(
        host,
        ['vim', '-N', '-u', 'NONE', '-i', 'NONE', '-n', '-c', `source ${vimrc}`],
        120,
      );
      await terminal.shows(OLD_LINE);
      await terminal.close();
    });
  });
});

for (const shell of Object.values(shells)) {
  describeWith(shell.name, `the hook of ${shell.name} and files with misleading times`, () => {
    const show = (mark: string) => `${shell.hook}; echo "${mark}=$USAGELINE"`;
    const valuesIn = (stdout: string) =>
      Object.fromEntries(
        stdout
          .trim()
          .split('\n')
          .map((line) => line.split('=', 2)),
      );
    const age = (path: string, seconds: number) =>
      fs.utimesSync(path, new Date(seconds * 1000), new Date(seconds * 1000));

    it.each([-5, 0, 1])('shows the line of a login file of %d s, and starts no refresh', async (seconds) => {
      const host = await aHost([shell.name]);
      // Another token: a request with the same token would have to wait for the next minute.
      host.machine.login({ accessToken: 'sk-ant-oat01-EXAMPLE-OF-ANOTHER' });
      age(host.machine.credentials, seconds);
      await host.machine.run(['--wait']);
      await host.machine.run(['ready', shell.name]);
      const lines = [show('first'), show('second'), show('third')].join('\n');
      const { stdout } = await script(host, shell, lines);
      expect(valuesIn(stdout)).toEqual({ first: NEW_LINE, second: NEW_LINE, third: NEW_LINE });
      expect(host.refreshes).toBe(0);
      expect(host.started.length).toBeLessThan(2);
    });

    it.each([-5, 0, 1, 1_700_000_000])(
      'sees that a link to a file of %d s points to another configuration',
      async (seconds) => {
        const host = await aHost([shell.name]);
        const [compact, minimal] = ['compact', 'minimal'].map((name) => {
          const path = host.write(`store/${name}`, `format = "${name}"\n`);
          age(path, seconds);
          return path;
        });
        const config = host.write('.config/usageline/config.toml', '');
        fs.unlinkSync(config);
        fs.symlinkSync(compact as string, config);
        await host.machine.run(['ready', shell.name]);
        const swap = `ln -sfn ${quoted(minimal as string)} ${quoted(config)}`;
        const { stdout } = await script(
          host,
          shell,
          [show('a'), show('b'), swap, show('c'), show('d')].join('\n'),
        );
        expect(valuesIn(stdout)).toEqual({
          a: '5h 22% · 7d 33%',
          b: '5h 22% · 7d 33%',
          c: '7d 33%',
          d: '7d 33%',
        });
        expect(host.started).toEqual([`ready ${shell.name}`]);
      },
    );

    it.each([0, 1])(
      'shows no numbers of the old login when a link to a file of %d s points to another login',
      async (seconds) => {
        const host = await aHost([shell.name]);
        host.holdRefreshes(true);
        const login = host.machine.credentials;
        const text = fs.readFileSync(login, 'utf8');
        const [one, other] = ['one', 'other'].map((name) => {
          const path = host.write(`store/${name}`, text);
          age(path, seconds);
          return path;
        });
        fs.unlinkSync(login);
        fs.symlinkSync(one as string, login);
        await host.machine.run(['--wait']);
        await host.machine.run(['ready', shell.name]);
        const swap = `ln -sfn ${quoted(other as string)} ${quoted(login)}`;
        const { stdout } = await script(host, shell, [show('a'), swap, show('b')].join('\n'));
        expect(valuesIn(stdout)).toEqual({ a: expect.stringMatching(/^5h \d+%/), b: '…' });
        await eventually('the refresh', () => host.refreshes === 1);
        host.holdRefreshes(false);
      },
    );

    itAsOrdinaryUser('reports that it cannot enter the directory, and starts nothing', async () => {
      const host = await aHost([shell.name]);
      fs.chmodSync(host.machine.cache, 0o000);
      try {
        const { stdout } = await script(host, shell, [show('a'), show('b')].join('\n'));
        expect(valuesIn(stdout)).toEqual({ a: 'cache not readable', b: 'cache not readable' });
        expect(host.refreshes).toBe(0);
      } finally {
        fs.chmodSync(host.machine.cache, 0o700);
      }
    });
  });
}
