import type { Dispatcher } from 'undici';

/** A response: status and headers as soon as they have arrived, the body as it arrives. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The largest unread part of a body, bytes. Beyond it the connection is paused. */
const MAX_UNREAD_BYTES = 64 * 1024;

/**
 * Sends one request with undici's dispatcher. undici's own `request` would turn the body into a stream, which takes as
 * long as the rest of the request.
 */
export function dispatchRequest(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let body: Body | null = null;
    dispatcher.dispatch(request, {
      onRequestStart() {},
      onResponseStart(controller, status, headers) {
        // Informational: the response is still to come.
        if (status < 200) return;
        body = createBody(controller);
        resolve({ status, headers, body });
      },
      onResponseData(_controller, chunk) {
        body?.push(chunk);
      },
      onResponseEnd() {
        body?.end(null);
      },
      onResponseError(_controller, error) {
        if (body) body.end(error);
        else reject(error);
      },
    });
  });
}

interface Body extends AsyncIterable<Uint8Array> {
  push(chunk: Uint8Array): void;
  /** @param error the reason why the body is incomplete; null when it is complete */
  end(error: Error | null): void;
}

/** A queue of chunks with one reader. */
function createBody(controller: Dispatcher.DispatchController): Body {
  const chunks: Uint8Array[] = [];
  const state: { unread: number; over: boolean; error: Error | null } = {
    unread: 0,
    over: false,
    error: null,
  };
  let wake: (() => void) | null = null;
  const changed = () => {
    wake?.();
    wake = null;
  };

  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    while (chunks.length === 0 && !state.over) {
      if (controller.paused) {
        // Bytes that the connection has received already can arrive during this call.
        controller.resume();
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const value = chunks.shift();
    if (value !== undefined) {
      state.unread -= value.byteLength;
      return { done: false, value };
    }
    if (state.error) throw state.error;
    return { done: true, value: undefined };
  };

  return {
    push(chunk) {
      chunks.push(chunk);
      state.unread += chunk.byteLength;
      if (state.unread > MAX_UNREAD_BYTES) controller.pause();
      changed();
    },
    end(error) {
      state.over = true;
      state.error = error;
      changed();
    },
    [Symbol.asyncIterator]: () => ({ next }),
  };
}
