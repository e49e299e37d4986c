/**
 * A tar archive as its files: read in place, or, where gzip packs all of it, unpacked once into blobs, which browsers keep on
 * the disk where they are many. Format: POSIX.1-1988 ustar, GNU's long names, POSIX.1-2001 (pax).
 */
import { StudioError } from '../base/errors';
import { type ArchivedFile, brokenArchive, innerPath, MOST_UNPACKED_BYTES } from './archivedFile';

const BLOCK = 512;
/** Headers of long names and the like are no larger. */
const MOST_META_BYTES = 2 ** 20;

/** Where the archive's bytes come from, one after another. */
interface Cursor {
  /** Fewer at the end. */
  take(bytes: number): Promise<Uint8Array>;
  /** The next bytes, as a file. */
  file(bytes: number): Promise<Blob>;
}

interface Header {
  name: string;
  size: number;
  type: string;
  link: string;
}

export const isTar = (head: Uint8Array): boolean =>
  head.length >= BLOCK && headerOf(head.subarray(0, BLOCK)) !== undefined;

/** @throws StudioError `bad-dataset` where it is broken or made to harm. */
export async function tarFiles(archive: Blob, name: string): Promise<ArchivedFile[]> {
  return filesOf(blobCursor(archive), name);
}

/** The same of one that gzip packed; or the one file that it packed, under `name` without its ending. */
export async function gzipFiles(archive: Blob, name: string): Promise<ArchivedFile[]> {
  const cursor = streamCursor(archive.stream().pipeThrough(new DecompressionStream('gzip')), name);
  try {
    const head = await cursor.peek(BLOCK);
    if (isTar(head)) return await filesOf(cursor, name);
    return [archived(name.replace(/^.*\//, '').replace(/\.gz$/i, ''), await cursor.rest())];
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw brokenArchive(name, error instanceof Error ? error.message : String(error));
  } finally {
    await cursor.cancel();
  }
}

async function filesOf(cursor: Cursor, archive: string): Promise<ArchivedFile[]> {
  const files = new Map<string, Blob>();
  let next: Partial<Header> = {};
  for (;;) {
    const block = await cursor.take(BLOCK);
    if (block.every((byte) => byte === 0)) break;
    const found = block.length === BLOCK ? headerOf(block) : undefined;
    if (!found) throw brokenArchive(archive, 'it is cut off, or no tar archive');
    const isMeta = ['x', 'g', 'L', 'K'].includes(found.type);
    const header = isMeta ? found : { ...found, ...next };
    if (header.size > (isMeta ? MOST_META_BYTES : Number.MAX_SAFE_INTEGER))
      throw brokenArchive(archive, 'its headers are broken');
    const body = await cursor.file(header.size);
    if (body.size < header.size)
      throw brokenArchive(archive, `${header.name} ends behind the archive’s end: it is cut off`);
    const padding = (BLOCK - (header.size % BLOCK)) % BLOCK;
    if ((await cursor.take(padding)).length < padding) throw brokenArchive(archive, 'it is cut off');
    if (found.type === 'x') next = { ...next, ...paxOf(await body.text()) };
    else if (found.type === 'L') next = { ...next, name: untilZero(new Uint8Array(await body.arrayBuffer())) };
    else if (found.type === 'K') next = { ...next, link: untilZero(new Uint8Array(await body.arrayBuffer())) };
    if (isMeta) continue;
    next = {};
    const linked = linkOf(header, files);
    if (header.type === '0' || header.type === '7') files.set(innerPath(header.name, archive), body);
    else if (linked) files.set(innerPath(header.name, archive), linked);
  }
  return [...files].map(([path, blob]) => archived(path, blob));
}

/** What a link's target is, of those before it. Others lead nowhere. */
function linkOf({ type, name, link }: Header, files: ReadonlyMap<string, Blob>): Blob | undefined {
  if (type === '1') return files.get(link.replace(/^(\.\/)+/, ''));
  if (type !== '2') return undefined;
  const folders = name
    .replace(/^(\.\/)+/, '')
    .split('/')
    .slice(0, -1);
  for (const part of link.split('/')) {
    if (part === '..') folders.pop();
    else if (part !== '.' && part !== '') folders.push(part);
  }
  return files.get(folders.join('/'));
}

function archived(path: string, blob: Blob): ArchivedFile {
  return {
    path,
    size: blob.size,
    open: () => Promise.resolve(blob),
    head: async (bytes) => new Uint8Array(await blob.slice(0, bytes).arrayBuffer()),
  };
}

/** Undefined where the checksum says that it is none. */
function headerOf(block: Uint8Array): Header | undefined {
  const text = (from: number, to: number) => untilZero(block.subarray(from, to));
  const said = Number.parseInt(text(148, 156).trim(), 8);
  const sum = block.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (said !== sum) return undefined;
  const prefix = text(257, 262) === 'ustar' && block[263] !== 0x20 ? text(345, 500) : '';
  const name = text(0, 100);
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156]!);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    // Old archives mark folders by a slash alone.
    type: type === '0' && name.endsWith('/') ? '5' : type,
    size: numberOf(block.subarray(124, 136)),
    link: text(157, 257),
  };
}

/** Octal digits, or, with the first bit set, the number itself. */
function numberOf(bytes: Uint8Array): number {
  if (bytes[0]! < 0x80) return Number.parseInt(untilZero(bytes).trim() || '0', 8);
  return bytes.subarray(1).reduce((value, byte) => value * 256 + byte, bytes[0]! & 0x7f);
}

function untilZero(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** "28 path=train/cat/1.jpg\n" … */
function paxOf(text: string): Partial<Header> {
  const said: Partial<Header> = {};
  for (const [, key, value] of text.matchAll(/\d+ ([^=\n]+)=([^\n]*)\n/g)) {
    if (key === 'path') said.name = value!;
    else if (key === 'linkpath') said.link = value!;
    else if (key === 'size') said.size = Number(value);
  }
  return said;
}

function blobCursor(blob: Blob): Cursor {
  let at = 0;
  const next = (bytes: number) => {
    const from = at;
    at += bytes;
    return blob.slice(from, at);
  };
  return {
    take: async (bytes) => new Uint8Array(await next(bytes).arrayBuffer()),
    file: (bytes) => Promise.resolve(next(bytes)),
  };
}

/** @throws StudioError `bad-dataset` once more has come than may be unpacked. */
function streamCursor(stream: ReadableStream<Uint8Array<ArrayBuffer>>, archive: string) {
  const reader = stream.getReader();
  let ahead: Uint8Array<ArrayBuffer>[] = [];
  let [length, total] = [0, 0];
  let isDone = false;
  const fill = async (bytes: number) => {
    while (length < bytes && !isDone) {
      const { done, value } = await reader.read();
      if (done) isDone = true;
      else {
        ahead.push(value);
        length += value.byteLength;
        total += value.byteLength;
        if (total > MOST_UNPACKED_BYTES)
          throw brokenArchive(archive, `unpacked it is more than ${MOST_UNPACKED_BYTES / 2 ** 30} GiB`);
      }
    }
  };
  const parts = async (bytes: number) => {
    await fill(bytes);
    const given: Uint8Array<ArrayBuffer>[] = [];
    let missing = Math.min(bytes, length);
    length -= missing;
    while (missing > 0) {
      const [first, ...rest] = ahead as [Uint8Array<ArrayBuffer>, ...Uint8Array<ArrayBuffer>[]];
      const part = first.subarray(0, missing);
      given.push(part);
      missing -= part.byteLength;
      ahead = part.byteLength < first.byteLength ? [first.subarray(part.byteLength), ...rest] : rest;
    }
    return given;
  };
  const take = async (bytes: number) => new Uint8Array(await new Blob(await parts(bytes)).arrayBuffer());
  return {
    take,
    file: async (bytes: number) => new Blob(await parts(bytes)),
    rest: async () => new Blob(await parts(MOST_UNPACKED_BYTES)),
    async peek(bytes: number) {
      const head = await take(bytes);
      ahead = [head, ...ahead];
      length += head.byteLength;
      return head;
    },
    cancel: () => reader.cancel().catch(() => undefined),
  };
}
