import { expect, it } from 'vitest';
import { describeWith } from '../support/tools.ts';
import { aHost, entry, quoted, Terminal } from './host.ts';
import { shells } from './shells.ts';

const node = `${quoted(process.execPath)} ${quoted(entry)}`;
const lines = {
  zsh: `autoload -Uz compinit; compinit -u -D; eval "$(${node} completions zsh)"`,
  bash: `eval "$(${node} completions bash)"; bind 'set show-all-if-ambiguous on'`,
  fish: `${node} completions fish | source`,
};

for (const shell of Object.values(shells)) {
  describeWith('tmux', `completion in ${shell.name}`, () =>
    describeWith(shell.name, 'with the hook', () => {
      it('completes commands, options and their values', async () => {
        const host = await aHost([shell.name]);
        const silent = shell.name === 'fish' ? 'set -g usageline_place none' : 'usageline_place=none';
        host.write(shell.rc, [shell.prompt, silent, shell.init, lines[shell.name], ''].join('\n'));
        const terminal = await Terminal.open(host, shell.argv(host), 160);
        await terminal.shows(/ >/);
        for (const [typed, expected] of [
          ['usageline sho', [/> usageline show $/m]],
          ['usageline cache p', [/> usageline cache path $/m]],
          ['usageline --color=au', [/> usageline --color=auto ?$/m]],
          ['usageline --color al', [/> usageline --color always $/m]],
          ['usageline init star', [/> usageline init starship $/m]],
          ['usageline init zsh --unin', [/> usageline init zsh --uninstall $/m]],
          ['usageline completions ', [/bash/, /fish/, /powershell/, /zsh/]],
          ['usageline init zsh --file .clau', [/> usageline init zsh --file \.claude\/$/m]],
        ] as const) {
          // Not C-c: the shell loses what is typed before it has handled that signal.
          await terminal.press('C-e', 'C-u', 'C-l');
          await terminal.type(typed);
          await terminal.shows(typed.trimEnd());
          await terminal.press('Tab');
          // tmux leaves out blanks at the ends of lines.
          for (const what of expected)
            await terminal.shows(new RegExp(what.source.replace(/ \??\$$/, '$'), 'm'));
        }
        expect(await terminal.screen()).not.toMatch(/error|not found|_arguments/);
      });
    }),
  );
}
