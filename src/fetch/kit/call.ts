import type { System } from '../../platform/system.ts';
import type { RefreshFailure } from '../../usage/failure.ts';
import type { Arrival } from '../client.ts';
import type { Outcome } from '../provider.ts';
import type { Fields } from './shape.ts';

/** An object that an endpoint sent. */
export type Body = Readonly<Record<string, unknown>>;

/** How a request differs from the usual one. */
export interface RequestOptions {
  /** Replaces headers of the same name, `authorization` included; null: it is not sent. Names in lower case. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Another server of the same service, for logins of another region. Not used where a base URL is configured. */
  readonly origin?: string | null;
  /**
   * The failure that the object of a 2xx response describes in this endpoint's own way; null where it does not. The usual ways
   * (`error-body.ts`) are looked for in any case.
   */
  readonly failureIn?: (body: Body, retryAfter: string | null) => RefreshFailure | null;
  /** See `JsonRequest`. */
  readonly onArrival?: (arrival: Arrival) => void;
  /** The fields by which an answer is known: an object with other ones only is `bad_response`. Absent: every object is usage. */
  readonly fields?: Fields;
  /** A deadline that is shorter than the rest of the question's, ms. */
  readonly timeoutMs?: number;
}

/** One question to an endpoint: all its requests have one deadline together. */
export interface Call {
  readonly system: System;
  /** When the question began, epoch ms: the time that relative resets count from. */
  readonly askedAt: number;
  /** The rest of the deadline, ms. */
  left(): number;
  /** The base URL in use, without a slash at its end. */
  readonly baseUrl: string;
  /**
   * Sends a GET request. `authorization: Bearer <token>`, `accept` and `user-agent` are added.
   *
   * @param path begins with a slash; with its query
   */
  get(path: string, options?: RequestOptions): Promise<Outcome<Body>>;
  /** Sends a POST request with a JSON body. */
  post(path: string, body: object, options?: RequestOptions): Promise<Outcome<Body>>;
}

/** What is to be stored of the answers. */
export interface Asked {
  /** Mirrors what the endpoint sent. */
  readonly data: Body;
  /** The id of the plan; null or absent: as the login names it. */
  readonly plan?: string | null;
}
