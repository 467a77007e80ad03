/**
 * The pictures of the host pages, from the real hosts: `npm run screenshots:hosts`, or some of them:
 * `node docs/screenshots/hosts.mjs zsh tmux`. Each host runs in a home of its own, set up by `usageline init`. Terminals are
 * captured as text with its colours, bars as pixels. Their clocks show the moment of all pictures. A host that this machine does not have keeps the picture it has.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CLOCK, DATE } from './moment.cjs';
import { Stage } from './stage.mjs';
import { svgOf, THEMES } from './svg.mjs';
import { Terminal } from './terminal.mjs';
import { pictureOfSway, pictureOfX } from './desktop.mjs';

const target = new URL('hosts/', import.meta.url).pathname;
const has = (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

/** Part of the line that every host shows, however short it makes it. */
const NUMBER = /42%/;

const PROGRAM_TEXT = `export function greet(name: string): string {
  return \`Hello, \${name}!\`;
}

console.log(greet('Ada'));
`;

/** Where the shells of the pictures work: a directory with a few files. */
function project(stage) {
  stage.write('app/greet.ts', PROGRAM_TEXT);
  stage.write('app/package.json', '{ "name": "app" }\n');
  stage.write('app/README.md', '# app\n');
  return stage.path('app');
}

/** A shell in a terminal: two commands, then the prompt that waits. */
async function shell(stage, { argv, columns = 92, rows = 12, commands = ['ls', 'cat package.json'] }) {
  const terminal = await Terminal.open(stage, { argv, columns, rows, directory: project(stage) });
  try {
    await terminal.shows(NUMBER, { press: 'Enter' });
    await terminal.press('C-l');
    for (const command of commands) {
      await pause(400);
      await terminal.type(`${command}\n`);
    }
    await pause(600);
    return await terminal.colours();
  } finally {
    await terminal.close();
  }
}

/** A program that fills the terminal. */
async function screen(stage, { argv, columns = 92, rows = 10 }) {
  const terminal = await Terminal.open(stage, { argv, columns, rows, directory: project(stage) });
  try {
    await terminal.shows(NUMBER);
    await pause(300);
    return await terminal.colours();
  } finally {
    await terminal.close();
  }
}

const ZSH_PROMPT = "PROMPT='%B%F{green}ada@laptop%f%b:%B%F{blue}%~%f%b$ '\n";
const BASH_PROMPT = String.raw`PS1='\[\e[1;32m\]ada@laptop\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]$ '` + '\n';
const FISH_PROMPT = `function fish_greeting; end
function fish_prompt
    set_color green; echo -n ada@laptop; set_color normal
    echo -n ' '; set_color blue; echo -n (prompt_pwd); set_color normal; echo -n '> '
end
`;

const HOSTS = {
  zsh: {
    title: 'zsh with the line in its right prompt',
    needs: ['tmux', 'zsh'],
    async make(stage) {
      stage.write('.zshrc', ZSH_PROMPT);
      stage.install('zsh');
      return shell(stage, { argv: ['zsh'] });
    },
  },
  bash: {
    title: 'bash with the line in its prompt',
    needs: ['tmux', 'bash'],
    async make(stage) {
      stage.write('.bashrc', BASH_PROMPT);
      stage.install('bash');
      return shell(stage, { argv: ['bash'] });
    },
  },
  fish: {
    title: 'fish with the line in its right prompt',
    needs: ['tmux', 'fish'],
    async make(stage) {
      stage.write('.config/fish/config.fish', FISH_PROMPT);
      stage.install('fish');
      return shell(stage, { argv: ['fish'] });
    },
  },
  powerlevel10k: {
    title: 'zsh with powerlevel10k, style lean, with the line as a segment on the right',
    needs: ['tmux', 'zsh'],
    missing: () =>
      fs.existsSync(`${process.env.POWERLEVEL10K}/powerlevel10k.zsh-theme`)
        ? null
        : 'set POWERLEVEL10K to its directory',
    async make(stage) {
      const theme = process.env.POWERLEVEL10K;
      stage.write(
        '.zshrc',
        [
          // Its daemon for Git is a program of its own, which would be fetched.
          'POWERLEVEL9K_DISABLE_GITSTATUS=true POWERLEVEL9K_DISABLE_CONFIGURATION_WIZARD=true',
          `source ${theme}/powerlevel10k.zsh-theme`,
          `source ${theme}/config/p10k-lean.zsh`,
          'POWERLEVEL9K_MODE=ascii POWERLEVEL9K_INSTANT_PROMPT=off POWERLEVEL9K_CONTEXT_ROOT_CONTENT_EXPANSION=',
          '',
        ].join('\n'),
      );
      stage.install('p10k');
      return shell(stage, { argv: ['zsh'], commands: ['ls'] });
    },
  },
  tmux: {
    title: 'tmux with the line in its status line',
    needs: ['tmux', 'bash'],
    async make(stage) {
      stage.write('.bashrc', BASH_PROMPT);
      // The status line of tmux without a configuration, its clock aside.
      stage.write('.tmux.conf', `set -g status-right '"#{=21:pane_title}" ${CLOCK} ${DATE}'\n`);
      stage.install('tmux');
      // A tmux in the tmux that is captured; its socket is in the home.
      const socket = stage.path('tmux.socket');
      const command = `exec tmux -S '${socket}' new-session -n app bash ';' select-pane -T laptop`;
      try {
        return await screen(stage, { argv: ['sh', '-c', command], columns: 122, rows: 6 });
      } finally {
        spawnSync('tmux', ['-S', socket, 'kill-server']);
      }
    },
  },
  vim: {
    title: 'vim with the line in its status line',
    needs: ['tmux', 'vim'],
    async make(stage) {
      stage.write('.vimrc', 'syntax on\nset nocompatible nomodeline\n');
      stage.install('vim');
      return screen(stage, { argv: ['vim', 'greet.ts'], columns: 122 });
    },
  },
  neovim: {
    title: 'neovim with the line in its status line',
    needs: ['tmux', 'nvim'],
    async make(stage) {
      stage.install('neovim');
      return screen(stage, {
        argv: ['nvim', '--cmd', 'set shortmess+=I', '-c', 'syntax off', 'greet.ts'],
        columns: 122,
      });
    },
  },
  nushell: {
    title: 'nushell with the line in its right prompt',
    needs: ['tmux', 'nu'],
    async make(stage) {
      stage.write(
        '.config/nushell/config.nu',
        `$env.config.show_banner = false
$env.PROMPT_COMMAND = {|| $"(ansi green)ada@laptop(ansi reset) (ansi blue)~/app(ansi reset)" }
$env.PROMPT_COMMAND_RIGHT = ""
`,
      );
      stage.write('.config/nushell/env.nu', '');
      stage.install('nushell');
      return shell(stage, { argv: ['nu'], commands: ['cat package.json'] });
    },
  },
  emacs: {
    title: 'Emacs with the line in its mode line',
    needs: ['tmux', 'emacs'],
    async make(stage) {
      stage.write('.emacs.d/init.el', '(setq inhibit-startup-screen t)\n(menu-bar-mode -1)\n');
      stage.install('emacs');
      return screen(stage, { argv: ['emacs', '-nw', 'greet.ts'], columns: 144 });
    },
  },
  kitty: {
    title: 'kitty with the line in its tab bar',
    needs: ['kitty', 'Xvfb', 'bash'],
    async make(stage) {
      stage.write('.bashrc', BASH_PROMPT);
      stage.write(
        '.config/kitty/kitty.conf',
        'font_family DejaVu Sans Mono\nfont_size 11\nremember_window_size no\ninitial_window_width 780\ninitial_window_height 230\nshell bash\nupdate_check_interval 0\nenable_audio_bell no\n',
      );
      stage.install('kitty');
      stage.env.LIBGL_ALWAYS_SOFTWARE = '1';
      return pictureOfX(stage, { width: 780, height: 60, at: 'bottom', start: ['kitty', '--directory', project(stage)] });
    },
  },
  waybar: {
    title: 'Waybar with the module',
    needs: ['waybar', 'sway', 'grim'],
    async make(stage) {
      const configuration = `{
  "height": 30,
  "modules-left": ["sway/workspaces"],
  "modules-right": ["clock"],
  "clock": { "format": "${CLOCK}" }
}
`;
      stage.write('.config/waybar/config', configuration);
      stage.install('waybar');
      return pictureOfSway(stage, { width: 780, height: 30, start: ['waybar'] });
    },
  },
  polybar: {
    title: 'polybar with the module',
    needs: ['polybar', 'Xvfb'],
    async make(stage) {
      const bar = `[bar/top]
width = 100%
height = 30
background = #222
foreground = #dfdfdf
padding = 1
module-margin = 1
font-0 = DejaVu Sans Mono:size=11;2
modules-left = name
modules-right = date

[module/name]
type = custom/text
content = ~/app

[module/date]
type = internal/date
date = ${CLOCK}
`;
      stage.write('.config/polybar/config.ini', bar);
      stage.install('polybar');
      return pictureOfX(stage, { width: 780, height: 30, at: 'top', start: ['polybar', 'top'] });
    },
  },
  i3bar: {
    title: 'i3bar with i3blocks',
    needs: ['i3', 'i3blocks', 'Xvfb'],
    async make(stage) {
      stage.write('.config/i3blocks/config', `[time]\ncommand=echo ${CLOCK}\ninterval=15\n`);
      stage.install('i3blocks');
      const config = `# i3 config file (v4)\nfont pango:DejaVu Sans Mono 11\nbar {\n  status_command i3blocks\n  tray_output none\n}\n`;
      stage.write('.config/i3/config', config);
      return pictureOfX(stage, { width: 780, height: 30, at: 'bottom', start: ['i3'] });
    },
  },
};

fs.mkdirSync(target, { recursive: true });
for (const [name, host] of Object.entries(HOSTS)) {
  if (process.argv.length > 2 && !process.argv.slice(2).includes(name)) continue;
  const tools = host.needs.filter((tool) => !has(tool));
  const reason = tools.length > 0 ? `needs ${tools.join(', ')}` : (host.missing?.() ?? null);
  if (reason !== null) {
    console.log(`${name}: left as it is (${reason})`);
    continue;
  }
  const stage = new Stage();
  try {
    const made = await host.make(stage);
    if (typeof made === 'string') {
      for (const theme of Object.keys(THEMES)) {
        fs.writeFileSync(join(target, `${name}-${theme}.svg`), svgOf(made, theme, host.title));
      }
    } else fs.writeFileSync(join(target, `${name}.png`), made);
    console.log(`${name}: made`);
  } finally {
    stage.remove();
  }
}
