/*
 * What the contract suite (`suite.ts`) has to know of a provider: data only. A provider's `case.ts` exports a `ProviderCase`
 * as `providerCase`, and is found by its place: `test/fetch/<id>/case.ts`.
 */

/** A login on an invented machine. Tokens are invented, too. */
export interface CaseLogin {
  /** Files, by their path below the home directory: a text, an object that is written as JSON, or bytes. */
  readonly files?: Readonly<Record<string, string | object | Buffer>>;
  /** Variables. `~` at the beginning of a value is the home directory. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A window that must come out: id, label, percent used, reset (ISO, or null), length (s, or null). */
export type ExpectedWindow = readonly [
  id: string,
  label: string,
  usedPercent: number | null,
  resetsAt: string | null,
  windowSeconds: number | null,
];

/** A request that the endpoint must see. */
export interface ExpectedRequest {
  readonly method: 'GET' | 'POST';
  /** With its query. */
  readonly path: string;
  /** Headers in lower case, each with its value. Others may be there. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body of a POST. */
  readonly body?: unknown;
}

/** Usage that must come out of a body. What is not named here must be absent or null. */
export interface ExpectedUsage {
  readonly windows: readonly ExpectedWindow[];
  readonly plan?: string | null;
  readonly extraUsage?: object;
  readonly credits?: object;
  readonly pools?: readonly object[];
  /** The windows that the plan lacks. Checked where it is given. */
  readonly lacking?: readonly string[];
}

/**
 * A body, or several where a question takes more than one request: by path, and a number is the status of a refusal. Texts
 * are sent as they are.
 */
export type CaseBody = { readonly body: unknown } | { readonly bodies: Readonly<Record<string, unknown>> };

/** A response of the endpoint with usage. */
export type UsageCase = CaseBody &
  ExpectedUsage & {
    readonly name: string;
    /** The resets follow from the time of the request; those given are for 2026-11-20T18:25:00Z. */
    readonly resetsFollow?: true;
  };

/** A documented response that is a failure. */
export interface FailureCase {
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly code: string;
}

/** Another login, with what must come of it. */
export interface LoginCase {
  readonly name: string;
  readonly login: CaseLogin;
  /** The code of the failure; absent: it is usable. */
  readonly code?: string;
  /** A part of the failure's detail. */
  readonly detail?: string;
  /** Headers of the first request, for a usable one. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The account, where the test is about it. Null: none. */
  readonly accountId?: string | null;
}

export interface ProviderCase {
  readonly id: string;
  /** The configuration with its `[[provider]]`, for a provider of the user's own. */
  readonly config?: string;
  /** The login of most tests. */
  readonly login: CaseLogin;
  /** The tokens and keys in it, which only the endpoint may see. */
  readonly secrets: readonly string[];
  /** What nothing may see, not even the endpoint: refresh tokens. */
  readonly refreshTokens?: readonly string[];
  /** The account of the login. Null: the login does not name one. */
  readonly identity: { readonly accountId: string | RegExp; readonly organizationId?: string } | null;
  /** The requests of one question, in order. Empty for a provider that runs a program. */
  readonly requests: readonly ExpectedRequest[];
  /** For a provider that runs a program instead of sending requests: its name in PATH, and its arguments. */
  readonly program?: { readonly name: string; readonly args: readonly string[] };
  /** Responses with usage; the first one is that of the general tests. */
  readonly usage: readonly UsageCase[];
  readonly failures: readonly FailureCase[];
  readonly logins: readonly LoginCase[];
  /** What `{}` with status 200 is: usage without windows by default, or the code of a failure. */
  readonly emptyObject?: string;
  /** Fields, as `a.b`, that are 0 where they are absent. Documented exceptions only. */
  readonly absentIsZero?: readonly string[];
  /** The login is in a SQLite file: where Node has no SQLite, only the message about it is tested. */
  readonly needsSqlite?: boolean;
}

/** `Object` for a type-checked literal. */
export function defineCase(providerCase: ProviderCase): ProviderCase {
  return providerCase;
}

/** A JSON Web Token that nothing has signed. */
export function aToken(claims: object, mark = 'EXAMPLE-NOT-A-TOKEN'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.${mark}`;
}

/** 2100-01-01, epoch s: later than every clock of the tests. */
export const LATER = 4_102_444_800;
/** 2026-01-01, epoch s: earlier than every clock of the tests. */
export const EARLIER = 1_767_225_600;
