/**
 * The provider of this program. Another one is a folder beside `claude/` whose `index.ts` exports these three, and
 * its line here. Everything else asks through them.
 *
 * One line for three parts, because a prompt loads `providerFiles` alone: bundling drops what a part does not use.
 */
export { provider, providerFiles, reportFormat } from './claude/index.ts';
