/**
 * Weights from the Hugging Face Hub: what a model has for us, and its file, streamed to the shelf, from where an earlier
 * attempt ended, and checked. The only part of the studio that asks the network. API: huggingface.co/docs/hub/api.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { StudioError } from '../../../engine/base/errors';
import type { FetchProgress, HubModel } from '../../../protocol/weights';

const HUB = 'https://huggingface.co';
/** A ResNet-101 of 1,000 classes in double precision takes 356 MB. */
const MOST_BYTES = 400e6;
const TOLD_EVERY_MS = 200;
const ANOTHER_WAY = 'Or get the file in another way, and open it here or drop it anywhere.';

/** Where files are kept. */
export interface Shelf {
  /** The model's file as far as it is there; another version of it is thrown away. */
  take(model: HubModel): Promise<Shelved>;
}

/** An open file. Whoever took it closes it. */
export interface Shelved {
  /** What is there already. */
  stored: Blob;
  /** Behind what is there. @throws DOMException `QuotaExceededError` */
  append(bytes: Uint8Array<ArrayBuffer>): void;
  empty(): void;
  /** It is whole and was checked. */
  complete(): Promise<void>;
  close(): void;
}

export interface Download {
  fetcher: typeof fetch;
  shelf: Shelf;
  signal: AbortSignal;
  onProgress: (progress: FetchProgress) => void;
  /** ms */
  now: () => number;
}

/** @throws StudioError `bad-config`, `no-network` or `not-on-hub` in plain words. */
export async function lookUp(id: string, fetcher: typeof fetch): Promise<HubModel> {
  if (!/^\w[\w.-]*\/\w[\w.-]*$/.test(id))
    throw new StudioError('bad-config', `"${id}" is not a model id`, 'Write owner/name, as in timm/resnet50.tv_in1k.');
  const response = await ask(fetcher, `${HUB}/api/models/${id}?blobs=true`, id, {});
  const info: unknown = await response.json().catch(() => null);
  const { sha, cardData, siblings } = objectOf(info);
  const files = (Array.isArray(siblings) ? siblings : []).map(objectOf);
  const named = (test: (name: string) => boolean) =>
    files.find(({ rfilename }) => typeof rfilename === 'string' && test(rfilename));
  const file =
    named((name) => name === 'model.safetensors') ??
    named((name) => /^[^/]+\.safetensors$/.test(name)) ??
    named((name) => /^[^/]+\.(pth|pt|bin)$/.test(name));
  if (!file || typeof sha !== 'string') throw notThere(`${id} has no .safetensors or .pth file`);
  const { sha256: sum } = objectOf(file['lfs']);
  const { rfilename: name, size: bytes } = file;
  if (typeof name !== 'string' || typeof bytes !== 'number' || typeof sum !== 'string')
    throw notThere(`The Hub does not list a size and checksum of ${id}’s file`);
  if (bytes > MOST_BYTES)
    throw notThere(`${name} of ${id} has ${megabytes(bytes)}, more than any ResNet that the studio knows`);
  const { license } = objectOf(cardData);
  return { id, file: name, revision: sha, bytes, sha256: sum, licence: typeof license === 'string' ? license : null };
}

/**
 * Resolves when the file is whole, checked and on the shelf. What came before an interruption stays there.
 * @throws StudioError `no-network`, `not-on-hub`, `bad-download`, `no-space`, or `stopped`.
 */
export async function download(model: HubModel, { fetcher, shelf, signal, onProgress, now }: Download): Promise<void> {
  const file = await shelf.take(model);
  try {
    let hash = sha256.create();
    let done = file.stored.size;
    await eachChunk(file.stored.stream(), (chunk) => hash.update(chunk));
    if (done < model.bytes) {
      const headers: Record<string, string> = done > 0 ? { Range: `bytes=${done}-` } : {};
      const url = `${HUB}/${model.id}/resolve/${model.revision}/${encodeURIComponent(model.file)}`;
      const response = await ask(fetcher, url, model.id, { headers, signal });
      if (done > 0 && response.status !== 206) {
        // It sends all of it again.
        file.empty();
        hash = sha256.create();
        done = 0;
      }
      const [started, before] = [now(), done];
      let toldAt = -Infinity;
      const tell = () => {
        toldAt = now();
        const seconds = (toldAt - started) / 1000;
        const bytesPerSecond = seconds > 0.5 ? (done - before) / seconds : null;
        onProgress({ id: model.id, done, bytes: model.bytes, bytesPerSecond });
      };
      tell();
      const taken = (chunk: Uint8Array<ArrayBuffer>) => {
        if (done + chunk.length > model.bytes)
          throw broken(file, `The Hub sends more than the ${model.bytes} bytes it told`);
        append(file, chunk);
        hash.update(chunk);
        done += chunk.length;
        if (now() - toldAt >= TOLD_EVERY_MS) tell();
      };
      await eachChunk(response.body, taken).catch((error: unknown) => {
        if (error instanceof StudioError) throw error;
        throw interrupted(model, done, signal);
      });
      if (done < model.bytes) throw interrupted(model, done, signal);
    }
    const sum = bytesToHex(hash.digest());
    if (sum !== model.sha256)
      throw broken(file, `${model.file} of ${model.id} has the SHA-256 ${sum}, not ${model.sha256} as the Hub says`);
    await file.complete();
  } finally {
    file.close();
  }
}

async function ask(fetcher: typeof fetch, url: string, id: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetcher(url, {
      ...options,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
  } catch {
    if (options.signal?.aborted) throw stopped();
    throw new StudioError(
      'no-network',
      'The Hugging Face Hub does not answer: this computer is offline, or something on the way blocks it',
      ANOTHER_WAY,
    );
  }
  if (response.ok) return response;
  if (response.status === 404) throw notThere(`There is no ${id} on the Hub`);
  if (response.status === 401 || response.status === 403)
    throw notThere(`${id} is not on the Hub, or for those with an account there and the owner’s leave alone`);
  throw new StudioError('no-network', `The Hub answers with status ${response.status}`, `Try later. ${ANOTHER_WAY}`);
}

async function eachChunk(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  take: (chunk: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const reader = stream?.getReader();
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) take(part.value);
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
}

function append(file: Shelved, chunk: Uint8Array<ArrayBuffer>): void {
  try {
    file.append(chunk);
  } catch (error) {
    throw new StudioError(
      'no-space',
      `The browser is out of storage: ${String(error)}`,
      'Delete weights that are kept, or free space on the disk. What came so far is kept.',
    );
  }
}

/** Nothing of such a file is of use. */
function broken(file: Shelved, message: string): StudioError {
  file.empty();
  return new StudioError('bad-download', `${message}: it was thrown away`, `Try again. ${ANOTHER_WAY}`);
}

function interrupted({ bytes }: HubModel, done: number, signal: AbortSignal): StudioError {
  if (signal.aborted) return stopped();
  return new StudioError(
    'no-network',
    `The connection broke after ${megabytes(done)} of ${megabytes(bytes)}, which are kept`,
    `Download again to go on from there. ${ANOTHER_WAY}`,
  );
}

const stopped = () => new StudioError('stopped', 'The download was stopped; what came is kept', 'Download to go on.');
const notThere = (message: string) => new StudioError('not-on-hub', message, `Choose another model. ${ANOTHER_WAY}`);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const objectOf = (value: unknown) =>
  (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
