/** How large things look in testing beside training, on a folder's own photo sizes. */
import { objectOf, type ShownObject } from '../engine/analysis/apparentAccuracy';
import { apparentSize, type PhotoSize, shownShare, sizeAlike } from '../engine/analysis/apparentSize';
import { StudioError } from '../engine/base/errors';
import { swapsSides } from '../engine/photo/exifOrientation';
import type { Dataset, Sample } from '../engine/dataset/types';
import { STUDIO_FIELDS, type StudioConfig } from '../engine/experiments/meta';
import { ownView, sweepViews, testViewAt, trainView } from '../engine/experiments/views';
import type { ApparentSizes } from '../protocol/messages';
import type { PhotoDecoder, PhotoSource } from './host';

/** Photos whose headers are read: enough for a mean, few enough for a slow disk. */
const PHOTOS = 128;
/** Training views drawn over them; the mean is then good to half a percent. */
const DRAWS = 20_000;
/** Validation photos whose headers are read, at most. */
const MOST_TESTED = 5000;
/** Read at once. */
const AT_ONCE = 32;

interface Stored extends PhotoSize {
  orientation: number;
  /** Of what it shows, px; null where that is not known. */
  object: number | null;
}

/** Sizes are read once a folder; headers that cannot be read are left out. */
export class PhotoSizes {
  private trained: Promise<Stored[]> | null = null;
  /** By place in the validation photos; null where one could not be read. */
  private tested: Promise<(Stored | null)[]> | null = null;

  constructor(
    private readonly dataset: Dataset,
    private readonly decoder: Pick<PhotoDecoder, 'header'>,
    private readonly source: Pick<PhotoSource, 'objectLength'>,
  ) {}

  /** As they are seen, turned or not; none where no photo could be read. */
  async of({ respectExif }: Pick<StudioConfig, 'respectExif'>): Promise<PhotoSize[]> {
    return (await this.ofTraining()).map((stored) => sizeOf(stored, respectExif));
  }

  /**
   * What photos show, of those looked at in training and of the validation photos, by their places, null where one could not be
   * read. `known`: how long that is; else it is taken to fill the same part of every photo.
   */
  async objects({ respectExif }: Pick<StudioConfig, 'respectExif'>): Promise<{
    trained: readonly ShownObject[];
    tested: readonly (ShownObject | null)[];
    known: boolean;
  }> {
    const [trained, tested] = [await this.ofTraining(), await this.ofValidation()];
    const known = [...trained, ...tested].every((stored) => stored === null || stored.object !== null);
    const shown = (stored: Stored): ShownObject => {
      const size = sizeOf(stored, respectExif);
      return { ...size, object: known ? stored.object! : objectOf(size) };
    };
    return { trained: trained.map(shown), tested: tested.map((stored) => stored && shown(stored)), known };
  }

  /** @throws StudioError `bad-dataset` if no photo could be read. */
  async apparent(config: StudioConfig): Promise<ApparentSizes> {
    const photos = await this.of(config);
    if (photos.length === 0) {
      throw new StudioError(
        'bad-dataset',
        'No photo’s dimensions could be read',
        'Look at the warnings of the data set.',
      );
    }
    const train = trainView(config);
    const options = { draws: DRAWS, seed: config.seed };
    const views = [ownView(config), ...sweepViews(config)].map((view) => ({
      resize: view.resize,
      crop: view.crop,
      shown: shownShare(view, photos),
      apparent: apparentSize(train, view, photos, options),
    }));
    const { min: from, max: to } = STUDIO_FIELDS.tuneSize;
    const alike = sizeAlike(train, (size) => testViewAt(config, size), photos, { ...options, from, to });
    return { photos: photos.length, views, alike };
  }

  private ofTraining(): Promise<Stored[]> {
    const { train, validation } = this.dataset;
    const from: readonly Sample[] = train.length > 0 ? train : validation;
    const stride = Math.max(1, from.length / PHOTOS);
    const chosen = Array.from({ length: Math.min(PHOTOS, from.length) }, (_, i) => from[Math.floor(i * stride)]!);
    this.trained ??= this.read(chosen).then((read) => read.filter((one) => one !== null));
    return this.trained;
  }

  private ofValidation(): Promise<(Stored | null)[]> {
    this.tested ??= this.read(this.dataset.validation.slice(0, MOST_TESTED));
    return this.tested;
  }

  private async read(samples: readonly Sample[]): Promise<(Stored | null)[]> {
    const one = async ({ path }: Sample): Promise<Stored | null> => {
      try {
        const { width, height, orientation } = await this.decoder.header(path);
        return { width, height, orientation, object: (await this.source.objectLength?.(path)) ?? null };
      } catch {
        return null;
      }
    };
    const read: (Stored | null)[] = [];
    for (let i = 0; i < samples.length; i += AT_ONCE)
      read.push(...(await Promise.all(samples.slice(i, i + AT_ONCE).map(one))));
    return read;
  }
}

/** As it is seen, turned or not. */
const sizeOf = ({ width, height, orientation }: Stored, respectExif: boolean): PhotoSize =>
  respectExif && swapsSides(orientation) ? { width: height, height: width } : { width, height };
