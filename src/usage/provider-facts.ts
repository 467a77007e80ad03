import type { FailureCode } from './failure.ts';

/** How many requests one account may send. */
export interface RequestBudget {
  /** The least time between two requests, ms. */
  readonly spacingMs: number;
  /** The largest number of requests within any hour. */
  readonly perHour: number;
}

/** A failure in words. */
export interface FailureText {
  /** For the line, beside the numbers: `sign in`. */
  readonly short: string;
  /** The line also shows the time until the next request, because only waiting helps. */
  readonly timed?: true;
  /** What happened: a sentence without its full stop, for `show`, `--json` and `refresh`. */
  readonly happened: string;
  /** What to do: whole sentences. */
  readonly advice: string;
}

/** How people call a provider, and what helps against its failures. Printable ASCII. */
export interface ProviderTexts {
  /** The name of the service, for headings and help texts. */
  readonly name: string;
  /** The operator of the endpoint, for "… could not be reached". */
  readonly vendor: string;
  /** The program whose login is used, for "No login of … was found". */
  readonly client: string;
  /** The command of that program that signs in, for "Run `…` once to sign in". */
  readonly signInCommand: string;
  /** How to renew a login that is about to end, for "The login must be renewed: …". */
  readonly renewLogin: string;
  /** The name of the file that names the account that is signed in. */
  readonly identityFile: string;
  /** The request budget, for "requests are kept to …": `one a minute and 24 an hour`. */
  readonly requestLimit: string;
  /**
   * The ids of the windows that a line always shows, with their labels; the longest comes last. Other windows are on the
   * line while more is used than of the longest. A plan can lack any of them.
   */
  readonly mainWindows: Readonly<Record<string, string>>;
  /** The product names of plans, by the plan's id; only those that differ from the id. */
  readonly planNames: Readonly<Record<string, string>>;
  /** The parts of failure texts that differ from what `render/messages.ts` makes of the names above. */
  readonly failures: { readonly [code in FailureCode]?: Partial<FailureText> };
}

/** What code that knows no provider needs of one: a value that decisions, forecasts and renderers are given. */
export interface ProviderFacts {
  /** Its name in `--json` and in the names of its cache directories: letters in lower case, digits, `-`. */
  readonly id: string;
  readonly texts: ProviderTexts;
  readonly budget: RequestBudget;
  /** The time that its question needs at least, ms, where the configured deadline is shorter. Absent: none. */
  readonly leastTimeoutMs?: number;
  /**
   * The fingerprint of the credentials does not change with the login, because a command prints it: after a failure over the
   * login the wait is that without a fingerprint.
   */
  readonly loginChangesUnseen?: boolean;
}
