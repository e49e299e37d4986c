/** Draws the sample's photos off the training worker's thread, one reply for each request. */
import type { Disease } from './diseases';
import { type DrawnPhoto, drawPhoto } from './drawPhoto';

export interface DrawRequest {
  index: number;
  seed: number;
  disease: Disease;
}

export type DrawReply = ({ index: number } & DrawnPhoto) | { index: number; failed: string };

addEventListener('message', ({ data: { index, seed, disease } }: MessageEvent<DrawRequest>) => {
  drawPhoto(seed, index, disease).then(
    (drawn) => postMessage({ index, ...drawn } satisfies DrawReply),
    (error: unknown) => postMessage({ index, failed: String(error) } satisfies DrawReply),
  );
});
