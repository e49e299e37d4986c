/** Which photos are alike to a network: those most like one of them, and a map of them all. */
import { cosinesTo, scaleToOne, smallest } from '../engine/analysis/nearest';
import { StudioError } from '../engine/base/errors';
import { fork, permutation } from '../engine/base/rng';
import { type Dataset, type Sample, SPLITS } from '../engine/dataset/types';
import { parseStudioConfig, type StudioConfig } from '../engine/experiments/meta';
import { ownView } from '../engine/experiments/views';
import { modelOf, stateSpecs } from '../engine/models/registry';
import { releaseState, uploadState } from '../engine/nn/state';
import type { EvalView } from '../engine/photo/view';
import { predictPhotos } from '../engine/train/predictPhotos';
import type { CommandKind, Commands } from '../protocol/messages';
import type { MapProgress, Measured, SimilarityMap, SimilarPhotos } from '../protocol/photos';
import { type Checkpoint, evalViewOf, refuseHeadless, viewOf } from './checkpoint';
import { lookContext } from './lookContext';
import { measuredWeights } from './measuredWeights';
import type { PhotoRoomMeans } from './roomMeans';
import { sampleOf } from './samples';
import { inSlices } from './slices';
import { Stoppable } from './stoppable';

/** 2,048 features of each are 41 MB, and a plane holds no more that can be told apart. */
const MOST_COMPARED = 5000;

type Handlers = {
  [K in Extract<CommandKind, 'comparePhotos' | 'mapPhotos' | 'stopMapping' | 'similarPhotos'>]: (
    ask: Commands[K]['ask'],
  ) => Promise<Commands[K]['reply']>;
};

/** Whose features, and in which view. */
interface Seen {
  checkpoint: Checkpoint;
  step: Measured['step'];
  view: EvalView;
}

/** Some photos as a network sees them. */
interface Compared {
  dataset: Dataset;
  seen: Seen;
  /** Their numbers, ascending. */
  photos: Int32Array<ArrayBuffer>;
  /** Of length 1 each. [photos, width] */
  features: Float32Array;
  width: number;
}

type Tell = (progress: MapProgress) => void;

export class Similarity implements Handlers {
  private readonly work: Stoppable<MapProgress>;
  /** What it takes minutes to find out, kept until there are other photos or weights. */
  private compared: Compared | null = null;
  /** Of those that are compared. */
  private map: SimilarityMap | null = null;

  constructor(private readonly means: PhotoRoomMeans) {
    this.work = new Stoppable(means, 'The comparison', (progress) => means.emit({ kind: 'mapping', progress }));
  }

  /** Null where it was not made, or of other photos or weights than those that are there now. */
  known(): SimilarityMap | null {
    return this.present() && this.map;
  }

  /** What the network pools of the photos, or of as many as are compared: what `similarPhotos` looks through. */
  async comparePhotos({ measured, config }: Commands['comparePhotos']['ask']): Promise<object> {
    return this.work.run('Photos are being compared', async (signal, tell) => {
      await this.comparedBy(measured, parseStudioConfig(config), signal, tell);
    });
  }

  async mapPhotos({ measured, config: given }: Commands['mapPhotos']['ask']): Promise<object> {
    const { now } = this.means;
    const config = parseStudioConfig(given);
    return this.work.run('A map of the photos is being made', async (signal, tell) => {
      const begun = now();
      const compared = await this.comparedBy(measured, config, signal, tell);
      const { seen, photos, features: values, width } = compared;
      const { LEAST_MAPPED, mapBySimilarity } = await import('../engine/analysis/similarityMap');
      if (photos.length < LEAST_MAPPED) throw tooFew(photos.length, LEAST_MAPPED);
      const places = await inSlices(mapBySimilarity({ values, width }, config.seed), tell);
      const { resize, crop: size } = seen.view;
      this.map = { step: seen.step, resize, size, photos, places, seconds: (now() - begun) / 1000 };
    });
  }

  async stopMapping(): Promise<object> {
    return this.work.stop();
  }

  async similarPhotos({
    split,
    index,
    count,
    config: given,
  }: Commands['similarPhotos']['ask']): Promise<SimilarPhotos | null> {
    const { jobs } = this.means;
    const compared = this.present();
    if (!compared) return null;
    const { dataset, seen, photos, features, width } = compared;
    const before = SPLITS.slice(0, SPLITS.indexOf(split)).reduce((sum, one) => sum + dataset[one].length, 0);
    const row = photos.indexOf(before + index);
    const own =
      row >= 0
        ? features.subarray(row * width, (row + 1) * width)
        : await jobs.look(async (signal) => {
            const sample = sampleOf(dataset, split, index);
            return (await this.featuresOf([sample], seen, parseStudioConfig(given), signal)).features;
          });
    const cosines = cosinesTo(features, own);
    // The photo itself is no answer.
    if (row >= 0) cosines[row] = -Infinity;
    const likest = smallest(
      cosines.map((cosine) => -cosine),
      Math.min(count, photos.length - (row >= 0 ? 1 : 0)),
    );
    return { photos: likest.map((at) => ({ photo: photos[at]!, cosine: cosines[at]! })), among: photos.length };
  }

  /** Those of the same weights and view as they are known; else every photo goes through the network, and the map before leaves. */
  private async comparedBy(
    measured: Measured | null,
    config: StudioConfig,
    signal: AbortSignal,
    tell: Tell,
  ): Promise<Compared> {
    const { dataset } = this.means.project;
    const seen = this.seenBy(measured, config);
    refuseHeadless(seen.checkpoint);
    const known = this.present();
    if (known && isSameView(known.seen, seen)) return known;
    const samples = SPLITS.flatMap((split) => dataset[split]);
    const drawn = permutation(fork(config.seed), samples.length).subarray(0, MOST_COMPARED).sort();
    const chosen = Array.from(drawn, (photo) => samples[photo]!);
    const { indices, features } = await this.featuresOf(chosen, seen, config, signal, (done) =>
      tell({ part: 'features', done: done / chosen.length }),
    );
    const photos = indices.map((index) => drawn[index]!);
    this.compared = { dataset, seen, photos, features, width: modelOf(seen.checkpoint.arch).pooledFeatures };
    this.map = null;
    return this.compared;
  }

  private present(): Compared | null {
    const { weights, dataset } = this.means.project;
    const { compared } = this;
    const there =
      compared && [weights.trunk(), weights.finetune].some((one) => one?.state === compared.seen.checkpoint.state);
    // Its features take as much memory as all else that the room keeps.
    if (!there || compared.dataset !== dataset) this.compared = this.map = null;
    return this.compared;
  }

  /** @throws StudioError `needs-step` where there are no weights, or none that were measured so. */
  private seenBy(measured: Measured | null, config: StudioConfig): Seen {
    const { weights } = this.means.project;
    if (measured) {
      const { step, resize, size } = measured;
      const found = measuredWeights(this.means.project).find(
        (one) => one.step === step && one.resize === resize && one.size === size,
      );
      if (!found) throw new StudioError('needs-step', 'Other weights have been trained since');
      return { checkpoint: found.checkpoint, step, view: found.evaluation.view };
    }
    const checkpoint = weights.of('best');
    const own = viewOf(checkpoint);
    return { checkpoint, step: weights.bestSlot(), view: own ? evalViewOf(own) : ownView(config) };
  }

  /** Pooled features of the photos that can be read, of length 1 each. */
  private async featuresOf(
    samples: readonly Sample[],
    { checkpoint, view }: Seen,
    config: StudioConfig,
    signal: AbortSignal,
    told: (photos: number) => void = () => undefined,
  ): Promise<{ indices: Int32Array<ArrayBuffer>; features: Float32Array<ArrayBuffer> }> {
    const { link, photos, now } = this.means;
    const backend = await link.connected();
    const { arch, classes } = checkpoint;
    const loader = photos().loaderFor({ ...config, ...viewOf(checkpoint) }, backend.report);
    const context = lookContext({ backend, loader, config, signal, now, onUnreadable: () => undefined });
    const state = uploadState(backend, stateSpecs(arch, classes.length), checkpoint.state);
    try {
      const network = { arch, classes, state };
      const width = modelOf(arch).pooledFeatures;
      const features = new Float32Array(samples.length * width);
      let count = 0;
      const records = predictPhotos(
        context,
        { network, samples, batchSize: config.batchSize, view, epoch: 0 },
        (pooled) => {
          features.set(pooled, width * count);
          scaleToOne(features.subarray(width * count, width * ++count));
        },
      );
      for (;;) {
        const step = await records.next();
        if (step.done) return { indices: step.value.indices, features: features.subarray(0, count * width) };
        told(count);
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : await backend.gpu.rootCause(error);
    } finally {
      releaseState(backend, state);
      backend.releasePool();
    }
  }
}

const isSameView = (a: Seen, b: Seen): boolean =>
  a.checkpoint.state === b.checkpoint.state && JSON.stringify(a.view) === JSON.stringify(b.view);

function tooFew(photos: number, least: number): StudioError {
  const message = `A map takes ${least} photos that can be read; there are ${photos}`;
  return new StudioError(
    'bad-dataset',
    message,
    'Open a folder with more photos, or put back those that were left out.',
  );
}
