import type { TokenCount } from '../../../usage/model.ts';

/** Tokens by kind. */
export type TokenCounts = Omit<TokenCount, 'total'>;

export const NO_TOKENS: TokenCounts = { input: 0, output: 0, cacheCreation: 0, cacheRead: 0 };

export function plus(a: TokenCounts, b: TokenCounts): TokenCounts {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheCreation: a.cacheCreation + b.cacheCreation,
    cacheRead: a.cacheRead + b.cacheRead,
  };
}

export function sum({ input, output, cacheCreation, cacheRead }: TokenCounts): number {
  return input + output + cacheCreation + cacheRead;
}
