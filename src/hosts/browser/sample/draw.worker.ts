/** Draws the sample's photos off the training worker's thread, one reply for each request. */
import type { Disease } from './diseases';
import { drawPhoto } from './drawPhoto';

export interface DrawRequest {
  index: number;
  seed: number;
  disease: Disease;
}

export type DrawReply = { index: number; blob: Blob } | { index: number; failed: string };

addEventListener('message', ({ data: { index, seed, disease } }: MessageEvent<DrawRequest>) => {
  drawPhoto(seed, index, disease).then(
    (blob) => postMessage({ index, blob } satisfies DrawReply),
    (error: unknown) => postMessage({ index, failed: String(error) } satisfies DrawReply),
  );
});
