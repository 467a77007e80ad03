/** Tokens by kind. Every one is paid for differently, so the kinds are never mixed before they are shown. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  readonly cacheCreation: number;
  readonly cacheRead: number;
}

/** Tokens with their sum, and the same for each model. */
export interface TokenSum extends TokenCounts {
  readonly total: number;
  /** By the model's name as the transcripts give it; not safe to print before it is allowlisted. */
  readonly byModel: Readonly<Record<string, TokenCounts & { readonly total: number }>>;
}

/** What local transcripts say of the use of a subscription: an estimate, and never a percentage. */
export interface TokenEstimate {
  /** The 5-hour block under way; null when none is. */
  readonly fiveHour:
    | (TokenSum & {
        /** Epoch ms: the full hour (UTC) in which the block's first message began. */
        readonly startsAt: number;
        /** Epoch ms: five hours later. */
        readonly endsAt: number;
      })
    | null;
  readonly sevenDay: TokenSum;
}

/** One answer of a model, as all lines that were read of it say together. */
export interface Message {
  /** Stands for message id and request id, see `key.ts`. */
  readonly key: number;
  /** Epoch ms of its earliest line: when it was begun, which is what decides on its block. */
  readonly firstAt: number;
  /** Epoch ms of the line that the counts are from. */
  readonly lastAt: number;
  readonly model: string;
  readonly counts: TokenCounts;
}
