import { hasNumbers, shownError } from './selection.ts';
import { errorSentence, shortMessage } from './messages.ts';
import type { Usage } from '../usage/model.ts';

/*
 * What is true of all accounts of a line, a table or a menu is said once.
 */

/** The text that several accounts have in common; empty where one of them has another one or none, and for one account. */
export function saidOnce(texts: readonly string[]): string {
  const [first = ''] = texts;
  return texts.length > 1 && texts.every((text) => text === first) ? first : '';
}

/**
 * Whether several accounts have one error, which a line shows once. An error of the cache is about all accounts, whichever
 * directory it names. Any other one replaces the numbers of an account that has none, and stays in its place.
 */
export function isErrorShared(usages: readonly Usage[]): boolean {
  const codes = usages.map((usage) => shownError(usage)?.code ?? '');
  const code = saidOnce(codes);
  if (code === 'cache_unwritable' || code === 'cache_unreadable') return true;
  return code !== '' && usages.every(hasNumbers) && saidOnce(usages.map(errorText)) !== '';
}

/** All words about the error of a usage. */
function errorText(usage: Usage): string {
  const { error, generatedAt, texts } = usage;
  return error === null ? '' : `${shortMessage(error, generatedAt, texts)}: ${errorSentence(usage)}`;
}
