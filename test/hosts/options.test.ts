import { expect, it } from 'vitest';
import { MINUTE } from '../../src/usage/time.ts';
import { describeWith } from '../support/tools.ts';
import { aHost, eventually, NEW_LINE, OLD_LINE } from './host.ts';
import { open, shells } from './shells.ts';
import type { Shell } from './shells.ts';

const AGED = `${OLD_LINE} · 12m ago`;

/** Lines of a user's rc file before and after the hook. */
const setups: Record<Shell['name'], Record<string, { before?: string; after?: string }>> = {
  zsh: {
    PROMPT_SUBST: { before: 'setopt prompt_subst' },
    'PROMPT_SUBST, set after the hook': { after: 'setopt prompt_subst' },
    'NO_UNSET and ERR_EXIT': { after: 'setopt no_unset err_exit' },
    'NO_UNSET, set before the hook': { before: 'setopt no_unset' },
    'vi mode': { before: 'bindkey -v' },
    'a prompt of two lines': { before: "PROMPT=$'first line\\n%? > '" },
    'KSH_ARRAYS, SH_WORD_SPLIT and NO_CLOBBER': { before: 'setopt ksh_arrays sh_word_split no_clobber' },
    'warnings for variables': { before: 'setopt warn_create_global warn_nested_var' },
    'a cd that talks': { before: 'chpwd() { echo talk; }; cd() { builtin cd "$@"; echo talk; }' },
    'a theme that sets RPROMPT before every prompt': {
      after: 'theme() { RPROMPT="theme "; }; precmd_functions+=(theme)',
    },
    'a pipe for every process': { after: 'setopt no_multios posix_builtins' },
  },
  bash: {
    'set -u and set -e': { after: 'set -eu' },
    'set -u, before the hook': { before: 'set -u' },
    'POSIX mode and noclobber': { after: 'set -o posix; set -o noclobber' },
    'vi mode': { before: 'set -o vi' },
    'a prompt of two lines': { before: "PS1='first line\\n$? > '" },
    'PROMPT_COMMAND as a string': { before: "PROMPT_COMMAND='other=1'" },
    'PROMPT_COMMAND as an array': { before: "PROMPT_COMMAND=('other=1' 'another=2')" },
    'a PS1 that is set before every prompt': { before: 'theme() { PS1="$? > "; }; PROMPT_COMMAND=theme' },
    'a cd that talks': { before: 'cd() { builtin cd "$@"; echo talk; }' },
    'an IFS of its own': { after: 'IFS=:5' },
  },
  fish: {
    'vi mode': { before: 'fish_vi_key_bindings; function fish_mode_prompt; end' },
    'a right prompt': { before: 'function fish_right_prompt; echo -n "mine "; end' },
    'a prompt of two lines': {
      before: 'function fish_prompt; set -l s $status; echo "first line"; echo -n "$s > "; end',
    },
  },
};

for (const shell of Object.values(shells)) {
  describeWith('tmux', `a user's options, ${shell.name}`, () =>
    describeWith(shell.name, 'with the hook', () => {
      it.concurrent.each(Object.entries(setups[shell.name]))(
        'shows the line with %s',
        async (what, lines) => {
          const host = await aHost([shell.name]);
          await host.ageBy(12 * MINUTE, shell.name);
          host.holdRefreshes(true);
          const terminal = await open(host, shell, { ...lines, width: 120 });
          // The second prompt, because a theme overwrites the first one.
          await terminal.command('true');
          await terminal.press('C-l');
          if (what.startsWith('a theme')) await terminal.press('Enter');
          await terminal.shows(AGED);
          if (what === 'vi mode' && shell.name === 'zsh') await terminal.press('i');
          await terminal.type('xyz');
          host.holdRefreshes(false);
          if (shell.name === 'bash') {
            await eventually('the answer', () => host.requests === 1);
            await eventually('the line', async () => {
              await terminal.press('C-u', 'Enter');
              return (await terminal.screen()).includes(NEW_LINE);
            });
          }
          const screen = await terminal.shows(NEW_LINE);
          if (shell.name !== 'bash') expect(screen).toMatch(/> i?xyz/);
          if (what === 'a right prompt') expect(screen).toContain('mine ');
          if (what.startsWith('a theme')) expect(screen).toContain('theme ');
          expect(screen).not.toMatch(/usageline|talk|error|unbound|not set|No such/i);
          expect(host.refreshes).toBe(1);
        },
      );
    }),
  );
}

describeWith('tmux', 'the line before PS1', () => {
  it('is in a row of its own, which readline does not count', async () => {
    const host = await aHost(['bash']);
    const terminal = await open(host, shells.bash, { width: 60, ready: OLD_LINE });
    // The last row of the prompt has 4 columns. If the row above counted, the line would wrap too early.
    await terminal.type(`: ${'x'.repeat(60)}`);
    const screen = await terminal.shows(/x\n/);
    expect(screen).toBe(`╭ ${OLD_LINE}\n0 > : ${'x'.repeat(54)}\n${'x'.repeat(6)}`);
    await terminal.press('C-a');
    await terminal.type('echo a; ');
    await terminal.shows('> echo a; : x');
  });

  it('leaves the history, its rules and $! unchanged', async () => {
    const host = await aHost(['bash']);
    await host.ageBy(12 * MINUTE, 'bash');
    const terminal = await open(host, shells.bash, { after: 'HISTCONTROL=ignorespace; unset HISTFILE' });
    const screen = await terminal.command('history; echo "$HISTCONTROL [${!-}]"');
    expect(screen).toContain('ignorespace []');
    expect(screen).not.toContain('_usageline');
  });
});
