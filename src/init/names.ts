/** What `usageline init` can set up, with what it is in a few words. How: `targets/`, a file each. */
export const INIT_TARGETS = {
  zsh: 'the right prompt of zsh',
  bash: 'the prompt of bash',
  fish: 'the right prompt of fish',
  sh: 'the launcher for bars and editors, usageline-prompt',
  starship: 'a module for starship',
  p10k: 'a segment for powerlevel10k',
  'oh-my-posh': 'a segment for oh-my-posh',
  tmux: 'the status line of tmux',
  vim: 'the status line of vim',
  neovim: 'the status line of neovim, a component for lualine',
  vscode: 'a task for Visual Studio Code',
  claude: 'the status line of Claude Code',
  waybar: 'a module for Waybar',
  polybar: 'a module for polybar',
  i3blocks: 'a block for i3blocks',
  sketchybar: 'an item for SketchyBar',
  xbar: 'a plugin for xbar, SwiftBar and Argos',
  cron: 'a line for crontab that keeps the numbers fresh',
  systemd: 'a user service and its timer that keep the numbers fresh',
  prometheus: "a script for node_exporter's textfile collector",
} as const satisfies Record<string, string>;

export type InitTarget = keyof typeof INIT_TARGETS;
