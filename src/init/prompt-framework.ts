import { configHome, absoluteDirectory } from './runtime.ts';
import type { HookShell, Runtime } from './runtime.ts';
import type { InitTarget } from './target.ts';

/*
 * Prompt frameworks, found by the line with which a shell's rc file starts them. Such a framework draws the whole prompt:
 * what a shell's hook puts there is not seen.
 */

/** A framework that has a target of its own. */
export type Framework = 'p10k' | 'starship' | 'oh-my-posh';

/** What a line of an rc file has in it, comments left out. */
const LINES: Readonly<Record<Framework, RegExp>> = {
  p10k: /^[^#\n]*(?:powerlevel10k|\.p10k\.zsh)/m,
  starship: /^[^#\n]*\bstarship(?:["'])?[ \t]+init\b/m,
  'oh-my-posh': /^[^#\n]*\boh-my-posh(?:\.exe)?["']?[ \t]+(?:prompt[ \t]+)?init\b/m,
};

/** The names of the frameworks for messages. */
const NAMES: Readonly<Record<Framework, string>> = {
  p10k: 'powerlevel10k',
  starship: 'starship',
  'oh-my-posh': 'oh-my-posh',
};

/** The framework that an rc file starts; null for none. */
export function frameworkIn(text: string | null): Framework | null {
  const names = Object.keys(LINES) as Framework[];
  return names.find((name) => LINES[name].test(text ?? '')) ?? null;
}

/** The index of the line with which an rc file starts a framework; null if it starts none. */
export function frameworkLine(text: string, framework: Framework): number | null {
  return LINES[framework].exec(text)?.index ?? null;
}

/** The path of starship's configuration. */
export function starshipFile(runtime: Runtime): string {
  return absoluteDirectory(runtime.env.STARSHIP_CONFIG) ?? `${configHome(runtime)}/starship.toml`;
}

/**
 * Why a shell would not show what its hook puts into the prompt, and which target to install instead; null if it would.
 *
 * @param rc the path of the shell's rc file
 */
export function frameworkObstacle(runtime: Runtime, shell: HookShell, rc: string): string | null {
  const framework = frameworkIn(runtime.readText(rc));
  if (framework === null || (framework === 'p10k' && shell !== 'zsh')) return null;
  if (framework === 'starship' && /\bUSAGELINE\b/.test(runtime.readText(starshipFile(runtime)) ?? ''))
    return null;
  const target: InitTarget = framework;
  return `${rc} starts ${NAMES[framework]}, which draws the prompt, so ${shell} would not show the line. Install this instead: usageline init ${target} --install`;
}
