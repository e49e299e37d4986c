/** How large things look in testing beside training, on a folder's own photo sizes. */
import { apparentSize, type PhotoSize, shownShare, sizeAlike } from '../engine/analysis/apparentSize';
import { StudioError } from '../engine/base/errors';
import { swapsSides } from '../engine/photo/exifOrientation';
import type { Dataset, Sample } from '../engine/dataset/types';
import { STUDIO_FIELDS, type StudioConfig } from '../engine/experiments/meta';
import { ownView, sweepViews, testViewAt, trainView } from '../engine/experiments/views';
import type { ApparentSizes } from '../protocol/messages';
import type { PhotoDecoder } from './host';

/** Photos whose headers are read: enough for a mean, few enough for a slow disk. */
const PHOTOS = 128;
/** Training views drawn over them; the mean is then good to half a percent. */
const DRAWS = 20_000;

/** Sizes are read once a folder; headers that cannot be read are left out. */
export class PhotoSizes {
  private known: Promise<(PhotoSize & { orientation: number })[]> | null = null;

  constructor(
    private readonly dataset: Dataset,
    private readonly decoder: Pick<PhotoDecoder, 'header'>,
  ) {}

  /** As they are seen, turned or not; none where no photo could be read. */
  async of({ respectExif }: Pick<StudioConfig, 'respectExif'>): Promise<PhotoSize[]> {
    this.known ??= this.read();
    const stored = await this.known;
    return stored.map(({ width, height, orientation }) =>
      respectExif && swapsSides(orientation) ? { width: height, height: width } : { width, height },
    );
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

  private async read(): Promise<(PhotoSize & { orientation: number })[]> {
    const { train, validation } = this.dataset;
    const from: readonly Sample[] = train.length > 0 ? train : validation;
    const stride = Math.max(1, from.length / PHOTOS);
    const chosen = Array.from({ length: Math.min(PHOTOS, from.length) }, (_, i) => from[Math.floor(i * stride)]!);
    const headers = await Promise.all(chosen.map(({ path }) => this.decoder.header(path).catch(() => null)));
    return headers.filter((header) => header !== null);
  }
}
