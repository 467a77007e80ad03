/** The part that is loaded where there is a configuration: the parser, the schema, and what they are put together to. */
export { configFrom } from './apply.ts';
export { readConfigValues as gather } from './gather.ts';
