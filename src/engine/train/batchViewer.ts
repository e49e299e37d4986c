/** Lets somebody see photos of a training batch as they go into the network. Costs nothing while nobody looks. */
import { readFloats } from '../gpu/readback';
import type { InputBatch } from './inputs';

export interface SeenBatch {
  /** Photos of the whole batch. */
  batchSize: number;
  /** Of the photos in their split, [n]. */
  indices: Int32Array<ArrayBuffer>;
  /** [n, size, size, 3]: in [0, 1], or by ImageNet's mean and deviation where `normalized`. */
  values: Float32Array<ArrayBuffer>;
  size: number;
  normalized: boolean;
}

interface Look {
  count: number;
  see: (seen: SeenBatch | null | Promise<SeenBatch>) => void;
}

export class BatchViewer {
  private looks: Look[] = [];
  private open = false;

  /** From now on batches may come. */
  begin(): void {
    this.open = true;
  }

  /** The first `count` photos, or as many as go in together, of the next batch; null if none comes before the end. */
  next(count: number): Promise<SeenBatch | null> {
    if (!this.open) return Promise.resolve(null);
    return new Promise((see) => this.looks.push({ count, see }));
  }

  /** The same batch of photos. What is asked for by now is read as its first part goes in. */
  watched(batch: InputBatch, normalized: boolean): InputBatch {
    if (this.looks.length === 0) return batch;
    return {
      ...batch,
      toGpu: (backend, rows) => {
        const images = batch.toGpu(backend, rows);
        const [looks, { indices }] = [this.looks, batch];
        this.looks = [];
        for (const { count, see } of looks) {
          const n = Math.min(count, rows.end - rows.start);
          const [, size = 0] = images.shape;
          const values = readFloats(backend, { ...images, shape: [n, ...images.shape.slice(1)] });
          const some = indices.slice(rows.start, rows.start + n);
          const seen = { batchSize: indices.length, indices: some, size, normalized };
          see(values.then((read) => ({ ...seen, values: read })));
        }
        return images;
      },
    };
  }

  /** Nothing more will be seen. */
  end(): void {
    for (const { see } of this.looks) see(null);
    [this.looks, this.open] = [[], false];
  }
}
