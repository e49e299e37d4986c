/** Which photos are open: opened, added to, understood anew, opened again as a project was left; and what goes with that. */
import { StudioError } from '../engine/base/errors';
import { holdOut } from '../engine/dataset/heldOut';
import { editsText, parseEdits } from '../engine/dataset/edits';
import type { DatasetSettings } from '../engine/dataset/settings';
import { isQuestion } from '../engine/dataset/summarise';
import type { Dataset, DatasetSummary, Refusal } from '../engine/dataset/types';
import { joined } from '../engine/sources/joined';
import { unpacked } from '../engine/sources/packed';
import type { Addition, Again, Commands, StudioEvent } from '../protocol/messages';
import type { Host, PhotoSource } from './host';
import type { PhotosPlace, ProjectKeeper } from './keeper';
import { checkManifest, type Manifest, manifestOf } from './manifest';
import { OpenPhotos } from './openPhotos';
import { withChanges } from './photoRoom';
import { type Project, SPLIT_SEED } from './project';
import { unfinishedOf } from './projectShelf';
import { TWICE_OPEN } from '../words/saving';
import { recallChoices, rememberChoices } from './rememberedChoices';
import type { SessionQueue } from './runQueue';

/** What understands a folder is loaded with the first one. */
async function understood(source: PhotoSource, settings: DatasetSettings): Promise<Dataset> {
  const { openDataset } = await import('../engine/dataset/open');
  return openDataset(source, { seed: SPLIT_SEED, settings });
}

/** Its words are loaded with the first one, too. */
const textOf = async (refusal: Refusal) => (await import('../words/dataset')).refusalSentence(refusal);

export interface OpeningMeans {
  host: Host;
  project: Project;
  keeper: ProjectKeeper;
  queue: SessionQueue;
  emit: (event: StudioEvent) => void;
  tellWeights: () => void;
}

export class PhotoOpening {
  private current: OpenPhotos | null = null;

  constructor(private readonly means: OpeningMeans) {}

  get photos(): OpenPhotos | null {
    return this.current;
  }

  /** @throws StudioError `needs-step` where none are. */
  opened(): OpenPhotos {
    if (!this.current) throw new StudioError('needs-step', 'No photos are open', 'Open a folder of photos first.');
    return this.current;
  }

  /** The open photos anew, as a person has decided. */
  async understand(settings: DatasetSettings): Promise<DatasetSummary> {
    const { place } = this.opened();
    return this.decided(place, settings, await understood(place.source, settings));
  }

  /** The open photos with changes to some. @throws StudioError `bad-dataset` if none can be trained on then; nothing has changed. */
  async edit(changes: Commands['editPhotos']['ask']['changes']): Promise<DatasetSummary> {
    const { place } = this.opened();
    const settings = withChanges(this.means.project.dataset, changes);
    const dataset = await understood(place.source, settings);
    if (dataset.refusal) {
      const message = `These changes were not made: ${await textOf(dataset.refusal)}`;
      throw new StudioError('bad-dataset', message, 'The photos are as they were.');
    }
    return this.decided(place, settings, dataset);
  }

  private async decided(place: PhotosPlace, settings: DatasetSettings, dataset: Dataset): Promise<DatasetSummary> {
    await rememberChoices(this.means.host.values, place.source, settings);
    return this.use(place, dataset);
  }

  /** As a person has decided, now or the last time that these photos were open. */
  async open(
    { source: packed, place }: PhotosPlace,
    { settings, add, again, recognise = false }: { settings?: DatasetSettings; add?: Addition } & Again,
  ): Promise<DatasetSummary> {
    const opened = await unpacked(packed);
    if (again !== undefined) return this.openAgain({ source: opened, place }, again);
    const source = add ? this.withAdded(opened, add) : opened;
    // What was decided about the open photos holds for those that join them.
    const decided = settings ?? (add && this.current ? this.means.project.dataset.settings : undefined);
    const recalled = await understood(source, decided ?? (await recallChoices(this.means.host.values, source)));
    // Tables and folders may have changed since.
    const dataset = !settings && recalled.refusal?.code === 'bad-setting' ? await understood(source, {}) : recalled;
    const { refusal, name } = dataset;
    if (refusal && !isQuestion(dataset) && this.current && !this.means.project.summary.refusal) {
      const message = `${name} was not opened: ${await textOf(refusal)}`;
      throw new StudioError('bad-dataset', message, `${this.means.project.summary.name} is still open.`);
    }
    const own = recognise && !add && !refusal ? await this.ownProjectOf(dataset, source) : null;
    if (own && own.openIn !== 'elsewhere') return this.openAgain({ source, place }, own.id);
    const summary = this.use({ source, place }, dataset, { goesOn: add !== undefined });
    if (own) this.means.emit({ kind: 'warning', message: TWICE_OPEN });
    return summary;
  }

  /** That was made of these photos. */
  private ownProjectOf(dataset: Dataset, source: PhotoSource): ReturnType<ProjectKeeper['shelf']['madeOf']> {
    const manifests = new Map<number, Promise<Manifest>>();
    return this.means.keeper.shelf.madeOf((heldOut) => {
      const known = manifests.get(heldOut) ?? manifestOf(holdOut(dataset, heldOut, SPLIT_SEED), source);
      manifests.set(heldOut, known);
      return known;
    });
  }

  /** A kept project on its photos. @throws StudioError `bad-dataset` if they are others; then what was open stays open. */
  private async openAgain(place: PhotosPlace, id: string): Promise<DatasetSummary> {
    const { keeper, project, queue, emit, tellWeights } = this.means;
    const claim = await keeper.claim(id);
    const { state, manifest } = claim.stored;
    const { settings, heldOut } = state.data;
    try {
      const dataset = await understood(place.source, settings);
      checkManifest(manifest, await manifestOf(holdOut(dataset, heldOut, SPLIT_SEED), place.source));
      const summary = this.use(place, dataset, { heldOut, same: keeper.has(claim) });
      keeper.takeOver(claim, place);
      const laterEdits = await this.editsSince(place.source, settings);
      emit({ kind: 'restored', results: project.results, unfinished: unfinishedOf(state, claim.info), laterEdits });
      queue.tell();
      tellWeights();
      return summary;
    } catch (error) {
      keeper.letGo(claim);
      throw error;
    }
  }

  /** The changes to these photos that a person made last; null where those are the ones in `settings`. */
  private async editsSince(source: PhotoSource, settings: DatasetSettings): Promise<string | null> {
    const text = ({ edits = '{}' }: DatasetSettings) => editsText(parseEdits(edits) ?? {});
    const last = text(await recallChoices(this.means.host.values, source));
    return last === text(settings) ? null : last;
  }

  /** The open photos with others, as a source that ends with theirs. */
  private withAdded(source: PhotoSource, add: Addition): PhotoSource {
    const { source: open } = this.opened();
    return { ...joined(open, { source, ...add }), dispose: () => [open, source].forEach((each) => each.dispose?.()) };
  }

  /** What was open is closed, but for the source where it stays the same, or goes on in another. */
  private use(
    place: PhotosPlace,
    dataset: Dataset,
    { goesOn = false, heldOut = 0, same }: { goesOn?: boolean; heldOut?: number; same?: boolean } = {},
  ): DatasetSummary {
    const { source } = place;
    const stays = goesOn || this.current?.source === source;
    this.current?.dispose();
    if (!stays) this.current?.source.dispose?.();
    this.current = new OpenPhotos(this.means.host, place, dataset);
    this.means.keeper.photosOpened(place, same ?? stays);
    this.means.queue.clear();
    const summary = this.means.project.setPhotos(dataset, heldOut);
    this.means.emit({ kind: 'dataset', summary });
    void this.lookIn(this.current);
    this.means.tellWeights();
    return summary;
  }

  /** What is told of photos while they are open already: nothing waits for it. */
  private async lookIn(photos: OpenPhotos): Promise<void> {
    const { emit } = this.means;
    await photos.countOrientations((orientations) => emit({ kind: 'orientations', orientations }));
    await photos.findSplitCopies((copies) => emit({ kind: 'splitCopies', copies }));
  }
}
