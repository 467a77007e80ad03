import { expect, test, vi } from 'vitest';
import { dispatchRequest } from '../../src/fetch/response.ts';
import type { Dispatcher } from 'undici';

const request = { path: '/', method: 'GET' } as const;

/** A dispatcher whose events the test triggers. */
function dispatcher() {
  const controller = {
    paused: false,
    pause: vi.fn(() => {
      controller.paused = true;
    }),
    resume: vi.fn(() => {
      controller.paused = false;
    }),
  };
  let handler: Required<Dispatcher.DispatchHandler> | null = null;
  const dispatch = (_: unknown, given: Required<Dispatcher.DispatchHandler>) => {
    handler = given;
    handler.onRequestStart(controller as never, {});
    return true;
  };
  const response = dispatchRequest({ dispatch } as never, request);
  return {
    response,
    controller,
    start: (status = 200) => handler!.onResponseStart(controller as never, status, { a: 'b' }, ''),
    data: (text: string) => handler!.onResponseData(controller as never, Buffer.from(text)),
    end: () => handler!.onResponseEnd(controller as never, {}),
    fail: (error: Error) => handler!.onResponseError(controller as never, error),
  };
}

async function read(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('a response is available with its headers, and its body as it arrives', async () => {
  const { response, start, data, end } = dispatcher();
  start();
  const { status, headers, body } = await response;
  expect([status, headers]).toEqual([200, { a: 'b' }]);
  const text = read(body);
  data('{"a"');
  await Promise.resolve();
  data(':1}');
  end();
  expect(await text).toBe('{"a":1}');
});

test('a body that arrives before it is read is kept', async () => {
  const { response, start, data, end } = dispatcher();
  start();
  data('ab');
  data('c');
  end();
  expect(await read((await response).body)).toBe('abc');
});

test('an informational response is skipped', async () => {
  const { response, start, end } = dispatcher();
  start(103);
  start(204);
  end();
  const { status, body } = await response;
  expect([status, await read(body)]).toEqual([204, '']);
});

test('an error before the headers rejects the request', async () => {
  const { response, fail } = dispatcher();
  fail(new Error('refused'));
  await expect(response).rejects.toThrow('refused');
});

test('an error after the headers rejects the body, after the chunks that have arrived', async () => {
  const { response, start, data, fail } = dispatcher();
  start();
  data('ab');
  fail(new Error('reset'));
  const iterator = (await response).body[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toEqual(Buffer.from('ab'));
  await expect(iterator.next()).rejects.toThrow('reset');
});

test('an error of a body that is not read is no unhandled rejection', async () => {
  const { response, start, fail } = dispatcher();
  start();
  await response;
  fail(new Error('reset'));
});

test('a reader that waits receives an error of the body', async () => {
  const { response, start, fail } = dispatcher();
  start();
  const text = read((await response).body);
  fail(new Error('reset'));
  await expect(text).rejects.toThrow('reset');
});

test('the connection is paused for a slow reader', async () => {
  const { response, controller, start, data, end } = dispatcher();
  start();
  data('x'.repeat(64 * 1024));
  expect(controller.pause).not.toHaveBeenCalled();
  data('y');
  expect(controller.pause).toHaveBeenCalledOnce();
  const iterator = (await response).body[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.next();
  expect(controller.resume).not.toHaveBeenCalled();
  const last = iterator.next();
  expect(controller.resume).toHaveBeenCalledOnce();
  end();
  expect((await last).done).toBe(true);
});

test('a chunk that arrives while the connection is resumed is read at once', async () => {
  const { response, controller, start, data, end } = dispatcher();
  start();
  data('x'.repeat(64 * 1024 + 1));
  controller.resume.mockImplementation(() => {
    controller.paused = false;
    data('y');
    end();
  });
  expect(await read((await response).body)).toBe(`${'x'.repeat(64 * 1024 + 1)}y`);
});
