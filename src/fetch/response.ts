import type { Dispatcher } from 'undici';

/** What came back: status and headers as soon as they are there, the body as it arrives. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** How much of a body may lie here unread, bytes: then the connection waits. */
const MAX_UNREAD_BYTES = 64 * 1024;

/**
 * Sends one request and makes an answer of what undici says of it. Its own `request` would make a stream of
 * the body, which costs as much time as all the rest of a request.
 */
export function answerTo(dispatcher: Dispatcher, request: Dispatcher.DispatchOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let body: Body | null = null;
    dispatcher.dispatch(request, {
      onRequestStart() {},
      onResponseStart(controller, status, headers) {
        // Informational: the answer is still to come.
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
  /** @param error what cut the body short; null when it is complete */
  end(error: Error | null): void;
}

/** Chunks in a row, with one reader at its end. */
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
        // What waited in the connection may be here at once.
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
