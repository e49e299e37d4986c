import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DRIVEN } from '../../../protocol/messages';
import { blobOf, lastingFile, toPost } from './lastingFile';

const TEXT = 'eight photos, and eight more';
const photo = () => new File([TEXT], 'leaf.jpg', { type: 'image/jpeg', lastModified: 5 });
const URL_OF_FILE = 'blob:studio/1';

/** The blobs behind object URLs, and the ranges that were asked of them. */
let urls: Map<string, Blob>;
let asked: (string | null)[];

beforeEach(() => {
  [urls, asked] = [new Map(), []];
  vi.stubGlobal('navigator', { userAgentData: {} });
  vi.stubGlobal('self', { name: 'studio' });
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    const url = `blob:studio/${urls.size + 1}`;
    urls.set(url, blob as Blob);
    return url;
  });
  vi.stubGlobal('fetch', (url: string, { headers }: { headers: { Range?: string } }) => {
    asked.push(headers.Range ?? null);
    const blob = urls.get(url);
    if (!blob) return Promise.reject(new TypeError('Failed to fetch'));
    const [, from, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.Range ?? '') ?? [];
    if (from === undefined) return Promise.resolve(new Response(blob.stream()));
    return Promise.resolve(new Response(blob.slice(Number(from), Number(last) + 1).stream(), { status: 206 }));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('a file that is read for hours', () => {
  test('is the file, read directly once and by one URL from then on', async () => {
    const file = lastingFile(photo());
    expect([file.name, file.type, file.lastModified, file.size]).toEqual(['leaf.jpg', 'image/jpeg', 5, TEXT.length]);
    expect(await file.text()).toBe(TEXT);
    expect(urls.size).toBe(0);
    expect(await file.text()).toBe(TEXT);
    expect(new TextDecoder().decode(await file.bytes())).toBe(TEXT);
    expect(await new Response(file.stream()).text()).toBe(TEXT);
    expect([urls.size, asked]).toEqual([1, [null, null, null]]);
  });

  test.each([
    [6, 12],
    [-4, undefined],
    [6, -5],
    [20, 1000],
    [12, 6],
    [undefined, undefined],
  ])('gives the part from %s to %s that a blob gives', async (from, to) => {
    const file = lastingFile(photo());
    await file.text();
    const [part, own] = [file.slice(from, to), photo().slice(from, to)];
    expect(part.size).toBe(own.size);
    expect(await part.text()).toBe(await own.text());
    expect(await new Response(part.stream()).text()).toBe(await own.text());
    expect(await part.slice(1, 3).text()).toBe(await own.slice(1, 3).text());
  });

  test('is read directly where its URL gives nothing, or all in place of a part', async () => {
    const file = lastingFile(photo());
    await file.text();
    const part = file.slice(6, 12);
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    expect(await part.text()).toBe('photos');
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(TEXT)));
    expect(await part.text()).toBe('photos');
    expect(await new Response(part.stream()).text()).toBe('photos');
  });

  test.each([
    ['in a browser that keeps nothing', {}, 'studio'],
    ['where a program drives the page', { userAgentData: {} }, DRIVEN],
  ])('is always read directly %s', async (_, navigator, name) => {
    vi.stubGlobal('navigator', navigator);
    vi.stubGlobal('self', { name });
    const file = lastingFile(photo());
    for (let read = 0; read < 3; read++) expect(await file.text()).toBe(TEXT);
    expect([urls.size, asked]).toEqual([0, []]);
  });
});

describe('what is posted for a read', () => {
  test('names the part, and the URL from the second read on', async () => {
    const part = lastingFile(photo()).slice(6, 12);
    const [first, second] = [toPost(part), toPost(part)];
    expect(first).toMatchObject({ url: null, start: 6, end: 12 });
    expect(second).toMatchObject({ url: URL_OF_FILE, start: 6, end: 12 });
    for (const link of [first, second]) {
      expect(blobOf(link).size).toBe(6);
      expect(await blobOf(link).text()).toBe('photos');
    }
    expect(asked).toEqual(['bytes=6-11']);
  });

  test('of any blob is the same: one URL for as long as it is there', async () => {
    const blob = photo();
    expect([toPost(blob), toPost(blob), toPost(blob)].map(({ url }) => url)).toEqual([null, URL_OF_FILE, URL_OF_FILE]);
    expect(await blobOf(toPost(blob)).text()).toBe(TEXT);
    expect(blobOf(toPost(new Blob())).size).toBe(0);
  });
});
