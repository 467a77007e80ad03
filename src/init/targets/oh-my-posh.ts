import { frameworkIn, frameworkLine } from '../prompt-framework.ts';
import { configHome } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { hookFile, readHook } from '../snippets/posix-shell.ts';
import { runnerStep } from '../snippets/runner.ts';
import type { Step, Target } from '../target.ts';
import { bashrc, BASH_INTERACTIVE } from './bash.ts';
import { ZSH_INTERACTIVE, zshrc } from './zsh.ts';

export const ohMyPosh: Target = {
  name: 'oh-my-posh',
  // JSON has no comments; oh-my-posh reads its configuration as JSONC.
  snippet:
    () => `// Among the segments of a block in oh-my-posh's configuration. The text comes from the hook of your shell, which
// goes before the line that starts oh-my-posh: usageline init zsh, bash or fish, with usageline_place=none before.
${JSON.stringify(SEGMENT, null, 2)}
`,
  install: {
    obstacle: (runtime, file) => {
      if (shellsOf(runtime).length === 0)
        return 'oh-my-posh is not found: neither .zshrc nor .bashrc has a line with: oh-my-posh init';
      const path = file ?? configuration(runtime);
      if (path === null)
        return 'the configuration of oh-my-posh is not found: the line that starts it names none with --config. Name it with --file';
      return /\.jsonc?$/.test(path)
        ? null
        : `${path} is not JSON: paste what usageline init oh-my-posh prints, and install the hook of your shell`;
    },
    steps: (runtime, file) => {
      const path = file ?? configuration(runtime);
      const segment: Step[] = path === null ? [] : [{ kind: 'oh-my-posh', path, segment: SEGMENT }];
      return [
        runnerStep(runtime),
        ...shellsOf(runtime).flatMap((shell) => hookSteps(runtime, shell)),
        ...segment,
      ];
    },
    afterInstall: 'Start a new shell.',
    afterRemoval: 'Shells that run keep the line until they end.',
  },
};

const SEGMENT = {
  type: 'text',
  style: 'plain',
  template: '{{ if .Env.USAGELINE }}{{ .Env.USAGELINE }} {{ end }}',
};

const SHELLS = {
  zsh: { rc: zshrc, interactive: ZSH_INTERACTIVE },
  bash: { rc: bashrc, interactive: BASH_INTERACTIVE },
} as const;
type Shell = keyof typeof SHELLS;

/** The shells whose rc files start oh-my-posh. */
function shellsOf(runtime: Runtime): Shell[] {
  const names = Object.keys(SHELLS) as Shell[];
  return names.filter((shell) => frameworkIn(runtime.readText(SHELLS[shell].rc(runtime))) === 'oh-my-posh');
}

/** The hook stands before the line that starts oh-my-posh, which reads the variable at every prompt. */
function hookSteps(runtime: Runtime, shell: Shell): Step[] {
  const { rc, interactive } = SHELLS[shell];
  return [
    hookFile(runtime, shell),
    {
      kind: 'block',
      path: rc(runtime),
      at: (text) => frameworkLine(text, 'oh-my-posh') ?? text.length,
      body: `usageline_place=none\n${readHook(runtime, shell, interactive)}`,
    },
  ];
}

/** The configuration that the first rc file names; null if it names none, or a path that only a shell can expand. */
function configuration(runtime: Runtime): string | null {
  for (const shell of shellsOf(runtime)) {
    const text = runtime.readText(SHELLS[shell].rc(runtime)) ?? '';
    const line = text.slice(frameworkLine(text, 'oh-my-posh') ?? 0).split('\n', 1)[0] ?? '';
    const word = /(?:--config|-c)[ =]+["']?([^\s"')]+)/.exec(line)?.[1] ?? '';
    const path = word
      .replace(/^(?:~|\$HOME|\$\{HOME\})(?=\/)/, () => runtime.home)
      .replace(/^\$(?:XDG_CONFIG_HOME|\{XDG_CONFIG_HOME\})(?=\/)/, () => configHome(runtime));
    if (/^\/[^$`*?]*$/.test(path)) return path;
  }
  return null;
}
