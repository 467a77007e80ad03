import type { Target } from '../target.ts';

export const ohMyPosh: Target = {
  name: 'oh-my-posh',
  // JSON has no comments; oh-my-posh reads its configuration as JSONC.
  snippet:
    () => `// Among the segments of a block in oh-my-posh's configuration. The text comes from the hook of your shell, which
// goes before the line that starts oh-my-posh: usageline init zsh, bash or fish, with usageline_place=none before.
${JSON.stringify(SEGMENT, null, 2)}
`,
  install: 'its configuration is JSON, TOML or YAML, and in a place that only the line that starts it knows',
};

const SEGMENT = {
  type: 'text',
  style: 'plain',
  template: '{{ if .Env.USAGELINE }}{{ .Env.USAGELINE }} {{ end }}',
};
