import type { Runtime } from './runtime.ts';

/** The hosts that `usageline init` can set up, each with a short description for help texts and completions. */
export const INIT_TARGETS = {
  zsh: 'the right prompt of zsh',
  bash: 'the prompt of bash',
  fish: 'the right prompt of fish',
  nushell: 'the right prompt of nushell',
  powershell: 'a row above the prompt of PowerShell',
  sh: 'the launcher for bars and editors, usageline-prompt',
  starship: 'a module for starship',
  p10k: 'a segment for powerlevel10k',
  'oh-my-posh': 'a segment for oh-my-posh',
  tmux: 'the status line of tmux',
  zellij: 'a row in a layout of Zellij',
  kitty: 'the tab bar of kitty',
  wezterm: 'the tab bar of WezTerm',
  vim: 'the status line of vim',
  neovim: 'the status line of neovim, a component for lualine',
  emacs: 'the mode line of Emacs',
  vscode: 'a task for Visual Studio Code',
  claude: 'the status line of Claude Code',
  waybar: 'a module for Waybar',
  polybar: 'a module for polybar',
  i3blocks: 'a block for i3blocks',
  sketchybar: 'an item for SketchyBar',
  xbar: 'a plugin for xbar, SwiftBar and Argos',
  cron: 'a line for crontab that keeps the numbers fresh',
  systemd: 'a user service and its timer that keep the numbers fresh',
  completions: 'completions of this command line for zsh, bash and fish',
  prometheus: "a script for node_exporter's textfile collector",
} as const satisfies Record<string, string>;

/** The name of a host in `usageline init <target>`. */
export type InitTarget = keyof typeof INIT_TARGETS;

/** The target whose file is the settings of a provider's client. */
export const CLIENT_TARGET = 'claude' satisfies InitTarget;

/** A host that can show the line. To add one: a file in `targets/`, a name above, a line in `targets/index.ts`. */
export interface Target {
  readonly name: InitTarget;
  /** What `usageline init <target>` prints: text to paste or to `eval`, with a comment on where it belongs. */
  snippet(runtime: Runtime): string;
  /** What `--install` does; or the reason why this target is printed only. */
  readonly install: Install | string;
}

/** The installation of a target. */
export interface Install {
  /**
   * Returns why the host would not show what these steps install, in words and with what to do; null if it would.
   *
   * @param file the path that `--file` names; null for the default path
   */
  obstacle?(runtime: Runtime, file: string | null): string | null;
  /** @param file the path that `--file` names; null for the default path */
  steps(runtime: Runtime, file: string | null): readonly Step[];
  /** `--file` is refused, because it names one file and this target installs several of its own. */
  readonly multipleFiles?: true;
  /** Links that the host makes to files of these steps, absolute paths. They are removed together with the files. */
  links?(runtime: Runtime): readonly string[];
  /**
   * What the user still has to do by hand after an installation.
   *
   * @param file the path that `--file` names; null for the default path
   */
  readonly afterInstall: string | ((runtime: Runtime, file: string | null) => string);
  /** What the user still has to do by hand after a removal. */
  readonly afterRemoval?: string;
}

/** A change to one file. Its `kind` is stored in `installed.json` and must not be renamed. */
export type Step =
  | BlockStep
  | OwnFileStep
  | StatuslineStep
  | CrontabStep
  | WaybarStep
  | PolybarStep
  | OhMyPoshStep;

/** The configuration that a host reads while the user has none. The user's new file begins as a copy of it. */
export interface Seed {
  readonly path: string;
  readonly text: string;
}

/** How a line of a comment begins, in the languages of the files that get a block. CSS also ends it. */
export type CommentStyle = '#' | ';' | ';;' | '--' | '//' | '/*';

/** Lines of usageline between two marks in a user's file. */
export interface BlockStep {
  readonly kind: 'block';
  readonly path: string;
  readonly seed?: Seed | null;
  /** How comments begin; by default `#`. */
  readonly comment?: CommentStyle;
  /** The index of the line before which the block is added; by default it is the end of the text. */
  readonly at?: (text: string) => number;
  /** The lines without the marks and without a newline at the end. */
  readonly body: string;
  /** Returns why these lines cannot be added to a file with the text `rest`; null if they can. */
  readonly objection?: (rest: string) => string | null;
}

/** A file that consists of usageline's text only. */
export interface OwnFileStep {
  readonly kind: 'whole';
  readonly path: string;
  readonly text: string;
  /** File mode, e.g. 0o644. */
  readonly mode: number;
  /** Other targets use this file too: it is removed together with the last of them. */
  readonly shared?: true;
}

/** The `statusLine` property in Claude Code's settings. */
export interface StatuslineStep {
  readonly kind: 'statusline';
  readonly path: string;
  /** usageline's command. A command that the property has already is appended to it as `--after`. */
  readonly command: string;
}

/** Lines of usageline between two marks in the user's crontab. */
export interface CrontabStep {
  readonly kind: 'crontab';
  /** `CRONTAB`. */
  readonly path: string;
  readonly body: string;
}

/** A module in waybar's configuration, and its name in a list of modules. */
export interface WaybarStep {
  readonly kind: 'waybar';
  readonly path: string;
  readonly seed?: Seed | null;
  readonly module: object;
}

/** A module in polybar's configuration, and its name in a list of modules. */
export interface PolybarStep {
  readonly kind: 'polybar';
  readonly path: string;
  readonly seed?: Seed | null;
  /** The section of the module, without the marks and without a newline at the end. */
  readonly body: string;
}

/** A segment in oh-my-posh's configuration. */
export interface OhMyPoshStep {
  readonly kind: 'oh-my-posh';
  readonly path: string;
  readonly segment: object;
}
