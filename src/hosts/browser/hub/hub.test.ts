/** Against a Hub and a shelf in memory: what is asked of the network, what is kept, and what is said when it goes wrong. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { StudioError } from '../../../engine/base/errors';
import type { FetchProgress, HubModel } from '../../../protocol/weights';
import { download, lookUp, type Shelf } from './hub';

const content = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) & 255);
const sha256 = createHash('sha256').update(content).digest('hex');
const id = 'owner/a-name.v1';
const model: HubModel = { id, file: 'model.safetensors', revision: 'c0ffee', bytes: 5000, sha256, licence: 'mit' };
const sibling = { rfilename: model.file, size: model.bytes, lfs: { sha256, size: model.bytes, pointerSize: 134 } };
const info = {
  id,
  sha: 'c0ffee',
  cardData: { license: 'mit' },
  siblings: [{ rfilename: 'README.md', size: 7 }, { ...sibling, rfilename: 'pytorch_model.bin' }, sibling],
};

/** Answers each request in turn, and remembers what was asked. */
function hubOf(...answers: (() => Response)[]) {
  const asked: { url: string; range: string | null }[] = [];
  const fetcher: typeof fetch = async (url, options) => {
    asked.push({ url: new Request(url).url, range: new Headers(options?.headers).get('range') });
    return answers[asked.length - 1]!();
  };
  return { fetcher, asked };
}

/** A body in pieces; `broken` fails behind the last. */
const pieces = (bytes: Uint8Array<ArrayBuffer>, broken = false) => {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.subarray(at, (at += 700)));
      else if (broken) controller.error(new TypeError('network error'));
      else controller.close();
    },
  });
};

function memoryShelf(room = Infinity) {
  const kept = { bytes: new Uint8Array(0), checked: false, closed: 0 };
  const shelf: Shelf = {
    take: async () => ({
      stored: new Blob([kept.bytes]),
      append(bytes) {
        if (kept.bytes.length + bytes.length > room) throw new DOMException('the disk is full', 'QuotaExceededError');
        kept.bytes = Uint8Array.from([...kept.bytes, ...bytes]);
      },
      empty: () => void (kept.bytes = new Uint8Array(0)),
      complete: async () => void (kept.checked = true),
      close: () => void kept.closed++,
    }),
  };
  return { shelf, kept };
}

const refusal = (act: Promise<unknown>): Promise<StudioError> =>
  act.then(
    () => {
      throw new Error('It went well');
    },
    (error: StudioError) => error,
  );

function downloading(fetcher: typeof fetch, shelf: Shelf, signal = new AbortController().signal) {
  const told: FetchProgress[] = [];
  let time = 0;
  const done = download(model, {
    fetcher,
    shelf,
    signal,
    onProgress: (each) => told.push(each),
    now: () => (time += 300),
  });
  return { done, told };
}

test('a model is looked up with file, size, checksum and licence, and only its page is asked', async () => {
  const { fetcher, asked } = hubOf(() => Response.json(info));
  expect(await lookUp(id, fetcher)).toEqual(model);
  expect(asked.map(({ url }) => url)).toEqual([expect.stringMatching(/\/api\/models\/owner\/a-name\.v1\?blobs=true$/)]);
});

test.each([
  ['no file of ours', () => Response.json({ ...info, siblings: [] }), 'not-on-hub', /no \.safetensors or \.pth/],
  [
    'no checksum',
    () => Response.json({ ...info, siblings: [{ ...sibling, lfs: undefined }] }),
    'not-on-hub',
    /checksum/,
  ],
  [
    'a language model',
    () => Response.json({ ...info, siblings: [{ ...sibling, size: 5e9 }] }),
    'not-on-hub',
    /5000\.0 MB/,
  ],
  ['words', () => new Response('<html>'), 'not-on-hub', /no \.safetensors/],
  ['not found', () => new Response('', { status: 404 }), 'not-on-hub', /There is no/],
  ['gated', () => new Response('', { status: 401 }), 'not-on-hub', /with an account/],
  ['forbidden', () => new Response('', { status: 403 }), 'not-on-hub', /with an account/],
  ['in trouble', () => new Response('', { status: 503 }), 'no-network', /status 503/],
  [
    'no network',
    () => {
      throw new TypeError('Failed to fetch');
    },
    'no-network',
    /does not answer/,
  ],
] as const)('%s is told in words, with the file way', async (_, answer, code, message) => {
  const error = await refusal(lookUp(id, hubOf(answer).fetcher));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.hint).toContain('in another way');
});

test.each(['resnet50', 'a/b/c', '../secret', 'a/b?x=1', ''])('%j is not asked for', async (name) => {
  const { fetcher, asked } = hubOf();
  expect((await refusal(lookUp(name, fetcher))).code).toBe('bad-config');
  expect(asked).toEqual([]);
});

test('a file is streamed, checked and kept, with a rate', async () => {
  const { fetcher, asked } = hubOf(() => new Response(pieces(content)));
  const { shelf, kept } = memoryShelf();
  const { done, told } = downloading(fetcher, shelf);
  await done;
  expect(kept).toEqual({ bytes: content, checked: true, closed: 1 });
  expect(asked).toEqual([
    { url: expect.stringMatching(/\/owner\/a-name\.v1\/resolve\/c0ffee\/model\.safetensors$/), range: null },
  ]);
  expect(told[0]).toEqual({ id, done: 0, bytes: 5000, bytesPerSecond: null });
  expect(told.at(-1)!.bytesPerSecond).toBeGreaterThan(0);
});

test('after an interruption it goes on where it was', async () => {
  const { shelf, kept } = memoryShelf();
  const first = hubOf(() => new Response(pieces(content.slice(0, 2100), true)));
  const error = await refusal(downloading(first.fetcher, shelf).done);
  expect([error.code, kept.bytes.length, kept.checked]).toEqual(['no-network', 2100, false]);
  expect(error.message).toContain('which are kept');
  const rest = hubOf(() => new Response(pieces(content.slice(2100)), { status: 206 }));
  await downloading(rest.fetcher, shelf).done;
  expect(rest.asked[0]!.range).toBe('bytes=2100-');
  expect([kept.bytes, kept.checked]).toEqual([content, true]);
  const none = hubOf();
  await downloading(none.fetcher, shelf).done;
  expect(none.asked).toEqual([]);
});

test('a server that sends all of it again is taken from the start', async () => {
  const { shelf, kept } = memoryShelf();
  await refusal(downloading(hubOf(() => new Response(pieces(content.slice(0, 700)))).fetcher, shelf).done);
  await downloading(hubOf(() => new Response(pieces(content))).fetcher, shelf).done;
  expect([kept.bytes, kept.checked]).toEqual([content, true]);
});

test.each([
  ['another file', content.map((byte) => byte ^ 1)],
  ['a longer file', new Uint8Array(6000)],
])('%s is thrown away', async (_, sent) => {
  const { shelf, kept } = memoryShelf();
  const error = await refusal(downloading(hubOf(() => new Response(pieces(sent))).fetcher, shelf).done);
  expect(error.code).toBe('bad-download');
  expect(kept).toMatchObject({ bytes: new Uint8Array(0), checked: false, closed: 1 });
});

test('a full disk is told, and what fitted stays', async () => {
  const { shelf, kept } = memoryShelf(3000);
  const error = await refusal(downloading(hubOf(() => new Response(pieces(content))).fetcher, shelf).done);
  expect([error.code, kept.bytes.length, kept.closed]).toEqual(['no-space', 2800, 1]);
});

test('a download that is stopped keeps what came', async () => {
  const { shelf, kept } = memoryShelf();
  const stop = new AbortController();
  const { fetcher } = hubOf(() => {
    stop.abort();
    return new Response(pieces(content.slice(0, 1400), true));
  });
  expect((await refusal(downloading(fetcher, shelf, stop.signal).done)).code).toBe('stopped');
  expect([kept.bytes.length, kept.closed]).toEqual([1400, 1]);
});
