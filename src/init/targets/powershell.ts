import { configHome } from '../runtime.ts';
import { powershell as quoted } from '../snippets/quote.ts';
import { installedLine, pastedLine, runnerStep } from '../snippets/runner.ts';
import type { Target } from '../target.ts';
import { launcherStep } from './sh.ts';

export const powershell: Target = {
  name: 'powershell',
  snippet: (runtime) =>
    `# Into the file that $PROFILE names (on Unix ~/.config/powershell/profile.ps1).\n${script(pastedLine(runtime, 'ansi'))}\n`,
  install: {
    steps: (runtime, file) => [
      runnerStep(runtime),
      launcherStep(runtime),
      {
        kind: 'block',
        path: file ?? `${configHome(runtime)}/powershell/profile.ps1`,
        body: script(installedLine(runtime, 'ansi')),
      },
    ],
    afterInstall: 'Start a new shell.',
    afterRemoval: 'Shells that run keep the line until they end.',
  },
};

/** Puts the line in a row above the prompt that is there. `$LASTEXITCODE` is what it was before. */
function script(words: readonly string[]): string {
  return `if (-not $global:UsagelinePromptBefore) {
    $global:UsagelinePromptBefore = $function:prompt
    function global:prompt {
        $code = $global:LASTEXITCODE
        $line = try { & ${words.map(quoted).join(' ')} 2>$null } catch { '' }
        $global:LASTEXITCODE = $code
        if ($line) { "$line\`n" + (& $global:UsagelinePromptBefore) } else { & $global:UsagelinePromptBefore }
    }
}`;
}
