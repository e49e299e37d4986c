/** What the network sees of a photo: its training and test views at one scale, and where on the photo they lie. */
import { ActionIcon, Button, Text, Title } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight, IconRefresh } from '@tabler/icons-react';
import { useEffect, useId, useState } from 'react';
import { isBusy } from '../../client/state';
import type { Studio } from '../../client/studio';
import { formatScale, trainViewsNote, viewsSentence } from '../../client/views';
import { toErrorData } from '../../engine/base/errors';
import type { DatasetSummary, Split } from '../../engine/dataset/types';
import { evalCropOf } from '../../engine/experiments/baseline/meta';
import { epochsOf } from '../../engine/experiments/meta';
import type { PhotoViews, ShownView } from '../../protocol/photos';
import { formatCount, keepUnits } from '../../words/format';
import { ScrollRegion } from '../ScrollRegion';
import { useStudio, useStudioState } from '../StudioContext';
import { useNarrow } from '../useNarrow';
import { OutlineLegend, ViewOutlines } from '../room/ViewOutlines';
import { Pixels } from './Pixels';
import css from './views.module.css';

/** Training views at a time, one an epoch. */
const TRAIN_VIEWS = 6;
/** Before the panel has been measured, px. */
const USUAL_ROOM = { width: 530, height: 420 };
/** Of the panel: what words and gaps take of its height, and a row's gaps of its width, px. */
const WORDS_PX = 230;
const GAPS_PX = 120;
const MOST_ZOOM = 2;
/** Steps through the photos so that neighbours in a sorted folder, and so its classes, are passed over. */
const STRIDE = 0.381966;

/** What came of asking, and what was asked for. */
type Loaded = { asked: string } & ({ views: PhotoViews } | { error: string });

interface Drawn {
  /** Of the photos. */
  name: string;
  photo: number;
  draw: number;
  loaded: Loaded;
}

/** What was drawn last. It stays while other steps are looked at: a run leaves the GPU no time to draw it again. */
const drawnLast = new WeakMap<Studio, Drawn>();

export interface Views {
  views: PhotoViews | null;
  /** What stands in their place. */
  status: string;
  waits: boolean;
  /** Of which photo, in turn, and which draw of its crops. */
  photo: number;
  draw: number;
  count: number;
  show: (photo: number) => void;
  drawAgain: () => void;
}

/** Asks for a photo's views, and again whenever what they depend on changes. */
export function useViews(dataset: DatasetSummary): Views {
  const studio = useStudio();
  const config = useStudioState((s) => s.config);
  const busy = useStudioState(isBusy);
  const usable = useStudioState((s) => s.machine.status === 'ready' && !isBusy(s));
  const split: Split = dataset.trainCount > 0 ? 'train' : 'validation';
  const count = split === 'train' ? dataset.trainCount : dataset.validationCount;
  const [last] = useState(() => {
    const drawn = drawnLast.get(studio);
    return drawn?.name === dataset.name ? drawn : null;
  });
  const [photo, setPhoto] = useState(last?.photo ?? 0);
  const [draw, setDraw] = useState(last?.draw ?? 0);
  const [loaded, setLoaded] = useState<Loaded | null>(last?.loaded ?? null);
  const index = Math.floor(photo * STRIDE * count) % Math.max(1, count);
  const asked = JSON.stringify({ name: dataset.name, split, index, draw, config });

  useEffect(() => {
    if (!usable || count === 0) return undefined;
    let gone = false;
    const epochs = Array.from({ length: TRAIN_VIEWS }, (_, i) => draw * TRAIN_VIEWS + 1 + i);
    const take = (result: Loaded) => {
      if (gone) return;
      setLoaded(result);
      drawnLast.set(studio, { name: dataset.name, photo, draw, loaded: result });
    };
    studio.views({ split, index, config, epochs }).then(
      (views) => take({ asked, views }),
      (error: unknown) => take({ asked, error: toErrorData(error).message }),
    );
    return () => {
      gone = true;
    };
  }, [studio, usable, split, index, count, photo, draw, config, asked, dataset.name]);

  const waiting = loaded && 'error' in loaded ? loaded.error : 'Drawing the views …';
  return {
    views: loaded && 'views' in loaded ? loaded.views : null,
    status: busy ? 'The GPU is busy with the run; views are drawn again once it has ended.' : waiting,
    waits: loaded?.asked !== asked,
    photo,
    draw,
    count,
    show: (next) => setPhoto(Math.max(0, next)),
    drawAgain: () => setDraw(draw + 1),
  };
}

export function ViewsPanel({ of }: { of: Views }) {
  const { views, status, waits, photo, draw, count, show, drawAgain } = of;
  const config = useStudioState((s) => s.config);
  const busy = useStudioState(isBusy);
  const firstEpoch = draw * TRAIN_VIEWS + 1;
  const testSizes = [evalCropOf(config), ...config.sweepSizes];
  const rowOf = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);
  const { ref, width } = useElementSize();
  const { ref: panel, height } = useElementSize();
  const narrow = useNarrow();
  const room = { width: width || USUAL_ROOM.width, height: height || USUAL_ROOM.height };
  // All at one scale, as large as the room allows; a phone scrolls.
  const zoom = Math.min(
    MOST_ZOOM,
    (narrow ? USUAL_ROOM.width : room.width - GAPS_PX) / Math.max(TRAIN_VIEWS * config.trainSize, rowOf(testSizes)),
    ...(narrow ? [] : [Math.max(120, room.height - WORDS_PX) / (config.trainSize + Math.max(...testSizes))]),
  );
  return (
    <section className={`card ${css['frameCard']}`} aria-labelledby="views-title" data-testid="views" aria-busy={waits}>
      <div className={css['head']}>
        <Title order={3} size="h6" id="views-title">
          What the network sees
        </Title>
        <div className={css['tools']}>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            disabled={busy}
            onClick={drawAgain}
            data-testid="views-draw"
          >
            Draw again
          </Button>
          <ActionIcon
            variant="default"
            size={26}
            disabled={busy || photo === 0}
            onClick={() => show(photo - 1)}
            aria-label="The photo before"
          >
            <IconChevronLeft size={16} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size={26}
            disabled={busy || count < 2}
            onClick={() => show(photo + 1)}
            aria-label="Another photo"
            data-testid="views-photo"
          >
            <IconChevronRight size={16} />
          </ActionIcon>
        </div>
      </div>
      <div className={css['panel']} ref={panel}>
        <SourcePhoto views={views} />
        <div className={css['rows']} ref={ref}>
          <Row
            title="In training"
            note={trainViewsNote(
              config.trainSize,
              [firstEpoch, firstEpoch + TRAIN_VIEWS - 1],
              epochsOf('baseline', config),
            )}
            kind="train"
            zoom={zoom}
            items={Array.from({ length: TRAIN_VIEWS }, (_, i) => ({
              name: `Epoch ${firstEpoch + i}`,
              size: config.trainSize,
              view: views?.train[i],
            }))}
          />
          <Row
            title="In testing"
            note="the baseline’s validation view, then the test resolutions"
            kind="test"
            zoom={zoom}
            items={testSizes.map((size, i) => ({
              name: i === 0 ? `Validation, ${size} px` : `${size} px`,
              size,
              view: views?.test[i],
            }))}
          />
          <Text component="output" size="sm" className={css['sentence']} data-testid="views-sentence">
            {keepUnits(views && !waits ? viewsSentence(views) : status)}
          </Text>
          <Text size="xs" c="dimmed">
            All views are drawn at one scale: what looks larger here looks larger to the network. × is how large things
            are beside the photo as it was taken. {count > 1 && `One of ${formatCount(count)} training photos.`}
          </Text>
        </div>
      </div>
    </section>
  );
}

function SourcePhoto({ views }: { views: PhotoViews | null }) {
  const name = useId();
  return (
    <figure className={css['source']} aria-labelledby={name}>
      <div className={css['frame']}>
        {views && (
          <div
            className={css['photo']}
            style={{
              aspectRatio: `${views.width} / ${views.height}`,
              width: views.width * 3 >= views.height * 4 ? '100%' : `${(100 * views.width * 3) / (views.height * 4)}%`,
            }}
          >
            <Pixels size={views.photo.size} rgba={views.photo.rgba} label={`Photo ${views.imageId}`} />
            <ViewOutlines
              width={views.width}
              height={views.height}
              train={views.train.map(({ outline }) => outline)}
              test={views.test.map(({ outline }) => outline)}
            />
          </div>
        )}
      </div>
      <figcaption>
        <span id={name} className={css['name']}>
          {views ? `${views.imageId}, ${views.label}` : '\u00a0'}
        </span>
        <OutlineLegend />
      </figcaption>
    </figure>
  );
}

interface RowProps {
  title: string;
  note: string;
  kind: 'train' | 'test';
  zoom: number;
  items: readonly { name: string; size: number; view: ShownView | undefined }[];
}

/** Places are kept by the settings' sizes, before there is anything to show in them. */
function Row({ title, note, kind, zoom, items }: RowProps) {
  return (
    <div className={css['row']}>
      <Text size="sm" fw={600}>
        {title}{' '}
        <Text span size="xs" c="dimmed">
          {keepUnits(note)}
        </Text>
      </Text>
      <ScrollRegion label={title} className={css['scroll']}>
        <ul className={css['views']}>
          {items.map(({ name, size, view }, i) => (
            <li key={`${kind}-${i}`} data-testid={`view-${kind}`}>
              <div className={css['blank']} style={{ width: size * zoom, height: size * zoom }}>
                {view?.size === size && (
                  <Pixels
                    size={size}
                    rgba={view.rgba}
                    label={`${name}: things at ${formatScale(view.scale)} their size`}
                  />
                )}
              </div>
              <span className={css['caption']}>{keepUnits(name)}</span>
              <span className={css['caption']}>{view ? formatScale(view.scale) : '\u00a0'}</span>
            </li>
          ))}
        </ul>
      </ScrollRegion>
    </div>
  );
}
