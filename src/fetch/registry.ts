/*
 * The main provider, which prompts load; `providers.ts` lists all. To take another one: a folder beside `claude/` whose `index.ts` exports these
 * (`ProviderParts` in `provider.ts`), and its name here.
 *
 * One line for all parts, although a prompt needs only `providerFiles`: bundling drops what a part does not use.
 */
export { environment, example, provider, providerFiles, reportFormat, texts } from './claude/index.ts';
