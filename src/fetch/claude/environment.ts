import type { ProviderEnvironment } from '../provider.ts';
import { TOKENS } from './session-login.ts';

/** The variables of Claude Code that this folder reads. */
export const claudeEnvironment: ProviderEnvironment = /* @__PURE__ */ describe();

function describe(): ProviderEnvironment {
  return {
    directory: 'CLAUDE_CONFIG_DIR',
    others: [...TOKENS, 'ANTHROPIC_BASE_URL', 'XDG_CONFIG_HOME'],
  };
}
