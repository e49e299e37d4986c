/**
 * A file that is read for hours. Chromium keeps about 1 KiB of each read of a blob or of a part of it for as long as the blob
 * lives, which is 64 MB in 1,000 steps of 64 photos. It keeps nothing of what comes through an object URL, which takes the
 * processor 2 ms longer; so the first read is a direct one, and the last of a file that a handle gives anew each time.
 */

import { DRIVEN } from '../../../protocol/messages';

/** What crosses to another worker for one read, where `blobOf` makes a blob of it. */
export interface FileLink {
  blob: Blob;
  /** Null: read it directly. */
  url: string | null;
  start: number;
  end: number;
}

/** A blob, with the URL that it has from its second read on. */
class Original {
  private isRead = false;

  constructor(
    readonly blob: Blob,
    private url: string | null = null,
  ) {}

  /** To be asked once a read. */
  nextUrl(): string | null {
    if (this.isRead && this.url === null && readsByUrl()) {
      this.url = URL.createObjectURL(this.blob);
      revoked.register(this, this.url);
    }
    this.isRead = true;
    return this.url;
  }
}

/** In Chromium; where a program drives the page, DevTools keep more of what comes through a URL: all of it up to 230 MB. */
const readsByUrl = () => 'userAgentData' in navigator && self.name !== DRIVEN;

/** Once nothing can read it. */
const revoked = new FinalizationRegistry<string>((url) => URL.revokeObjectURL(url));

/** Bytes of a file, all or some. A copy made by the browser (`structuredClone`, `new Blob([it])`) would be empty. */
class LastingFile extends File {
  constructor(
    private readonly original: Original,
    private readonly start: number,
    private readonly end: number,
    name: string,
    options: FilePropertyBag = {},
  ) {
    super([], name, options);
  }

  override get size(): number {
    return this.end - this.start;
  }

  override slice(from = 0, to = this.size, type = ''): LastingFile {
    const { original, start, size, name, lastModified } = this;
    const placed = (at: number) => start + Math.min(Math.max(at < 0 ? size + at : at, 0), size);
    return new LastingFile(original, placed(from), Math.max(placed(from), placed(to)), name, { type, lastModified });
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return bytesOf(this.link());
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.arrayBuffer());
  }

  override async text(): Promise<string> {
    return new TextDecoder().decode(await this.arrayBuffer());
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
    const link = this.link();
    const source = responseOf(link).then((response) => response?.body ?? partOf(link).stream());
    source.then((stream) => stream.pipeTo(writable)).catch((error: unknown) => writable.abort(error));
    return readable;
  }

  link(): FileLink {
    return { blob: this.original.blob, url: this.original.nextUrl(), start: this.start, end: this.end };
  }
}

export const lastingFile = (file: File): File => new LastingFile(new Original(file), 0, file.size, file.name, file);

const posted = new WeakMap<Blob, Original>();

export function toPost(blob: Blob): FileLink {
  if (blob instanceof LastingFile) return blob.link();
  const original = posted.get(blob) ?? new Original(blob);
  posted.set(blob, original);
  return { blob, url: original.nextUrl(), start: 0, end: blob.size };
}

/** Of what was posted. */
export const blobOf = ({ blob, url, start, end }: FileLink): Blob =>
  new LastingFile(new Original(blob, url), start, end, '');

async function bytesOf(link: FileLink): Promise<ArrayBuffer> {
  const response = await responseOf(link);
  const bytes = await response?.arrayBuffer().catch(() => undefined);
  return bytes?.byteLength === link.end - link.start ? bytes : partOf(link).arrayBuffer();
}

/** Undefined where it is not to be had by its URL: read directly, it says why. */
async function responseOf({ blob, url, start, end }: FileLink): Promise<Response | undefined> {
  if (url === null || start === end) return undefined;
  const isWhole = start === 0 && end === blob.size;
  const headers: HeadersInit = isWhole ? {} : { Range: `bytes=${start}-${end - 1}` };
  const response = await fetch(url, { headers }).catch(() => undefined);
  return response?.status === (isWhole ? 200 : 206) ? response : undefined;
}

const partOf = ({ blob, start, end }: FileLink): Blob =>
  start === 0 && end === blob.size ? blob : blob.slice(start, end);
