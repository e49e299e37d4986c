/** How large things look in testing beside training, on a folder's own photo sizes. */
import { apparentSize, type PhotoSize } from '../engine/analysis/apparentSize';
import { StudioError } from '../engine/base/errors';
import { swapsSides } from '../engine/photo/exifOrientation';
import type { Dataset, Sample } from '../engine/dataset/types';
import type { StudioConfig } from '../engine/experiments/meta';
import { ownView, sweepViews, trainView } from '../engine/experiments/views';
import type { ApparentSizes } from '../protocol/messages';
import type { DecodePool } from '../hosts/browser/photos/decodePool';

/** Photos whose headers are read: enough for a mean, few enough for a slow disk. */
const PHOTOS = 128;
/** Training views drawn over them; the mean is then good to half a percent. */
const DRAWS = 20_000;

/** Sizes are read once a folder; headers that cannot be read are left out. */
export class PhotoSizes {
  private known: Promise<(PhotoSize & { orientation: number })[]> | null = null;

  constructor(
    private readonly dataset: Dataset,
    private readonly pool: DecodePool,
  ) {}

  /** @throws StudioError `bad-dataset` if no photo could be read. */
  async apparent(config: StudioConfig): Promise<ApparentSizes> {
    this.known ??= this.read();
    const stored = await this.known;
    if (stored.length === 0) {
      throw new StudioError('bad-dataset', 'No photo tells its size', 'Look at the warnings of the data set.');
    }
    const photos = stored.map(({ width, height, orientation }) =>
      config.respectExif && swapsSides(orientation) ? { width: height, height: width } : { width, height },
    );
    const train = trainView(config);
    const options = { draws: DRAWS, seed: config.seed };
    const views = [ownView(config), ...sweepViews(config)].map((view) => ({
      resize: view.resize,
      crop: view.crop,
      apparent: apparentSize(train, view, photos, options),
    }));
    return { photos: photos.length, views };
  }

  private async read(): Promise<(PhotoSize & { orientation: number })[]> {
    const { train, validation } = this.dataset;
    const from: readonly Sample[] = train.length > 0 ? train : validation;
    const stride = Math.max(1, from.length / PHOTOS);
    const chosen = Array.from({ length: Math.min(PHOTOS, from.length) }, (_, i) => from[Math.floor(i * stride)]!);
    const headers = await Promise.all(chosen.map(({ path }) => this.pool.header(path).catch(() => null)));
    return headers.filter((header) => header !== null);
  }
}
