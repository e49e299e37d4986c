/** One photo large: where its views lie, and what each measured size says of it. */
import { ActionIcon, Modal, Switch, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { measuredName, SPLIT_NAMES } from '../../client/room';
import { toErrorData } from '../../engine/base/errors';
import type { Measured, PhotoColumns, PhotoDetail, PhotoPlace } from '../../protocol/photos';
import { formatBytes, formatCount, formatPercent } from '../../words/format';
import { MODAL_PROPS } from '../modal';
import { ScrollRegion } from '../ScrollRegion';
import { Facts } from '../stages/Card';
import { useStudio, useStudioState } from '../StudioContext';
import { useNarrow } from '../useNarrow';
import { ChangePhoto } from './ChangePhoto';
import { PhotoMaps } from './PhotoMaps';
import { type SimilarMeans, SimilarPhotos } from './SimilarPhotos';
import { OutlineLegend, ViewOutlines } from './ViewOutlines';
import css from './room.module.css';

const SIDE_PX = 1024;
/** Classes of which a probability is shown, the likeliest first; the label's is always among them. */
const CLASSES_SHOWN = 8;

interface Props {
  place: PhotoPlace;
  /** Which two measurements are laid side by side at first; the first and the last of all if not given. */
  compared?: readonly Measured[];
  position: { at: number; of: number };
  names: readonly string[];
  /** Whether, and as which photo, it can be changed. */
  change?: { photo: number; columns: PhotoColumns };
  /** Where those like it are found. */
  similar?: SimilarMeans;
  go: (at: number) => void;
  close: () => void;
}

export function LargePhoto({ place, compared, position: { at, of }, names, change, similar, go, close }: Props) {
  const narrow = useNarrow();
  const [outlined, setOutlined] = useState(true);
  const { detail, url, failure } = useDetail(place);
  const step = (by: number) => go(Math.max(0, Math.min(of - 1, at + by)));
  const onKeyDown = ({ key, target }: KeyboardEvent) => {
    // Arrows are a field's own, and a scrolled part's.
    if (target instanceof Element && target.matches('select, input, section')) return;
    if (key === 'ArrowLeft') step(-1);
    if (key === 'ArrowRight') step(1);
  };
  return (
    <Modal
      opened
      onClose={close}
      title={detail?.imageId ?? 'A photo'}
      size={1080}
      fullScreen={narrow}
      onKeyDown={onKeyDown}
      {...MODAL_PROPS}
    >
      <div className={css['large']} data-testid="large-photo">
        <div>
          <div className={css['frame']} style={frameOf(detail)}>
            {url && <img src={url} alt={detail ? `${detail.imageId}, ${detail.label}` : ''} />}
            {detail && outlined && (
              <ViewOutlines
                width={detail.width}
                height={detail.height}
                train={detail.train}
                test={detail.test.map(({ outline }) => outline)}
              />
            )}
          </div>
          <div className={css['tools']}>
            <Switch
              size="xs"
              checked={outlined}
              onChange={(event) => setOutlined(event.currentTarget.checked)}
              label={<OutlineLegend />}
            />
            <span>
              <ActionIcon
                variant="default"
                size={26}
                disabled={at === 0}
                onClick={() => step(-1)}
                aria-label="The photo before"
              >
                <IconChevronLeft size={16} />
              </ActionIcon>{' '}
              <span className="figures">
                {formatCount(at + 1)} of {formatCount(of)}
              </span>{' '}
              <ActionIcon
                variant="default"
                size={26}
                disabled={at === of - 1}
                onClick={() => step(1)}
                aria-label="The next photo"
              >
                <IconChevronRight size={16} />
              </ActionIcon>
            </span>
          </div>
        </div>
        <div className={css['side']}>
          {failure && <Text size="sm">{failure}</Text>}
          {detail && (
            <>
              <Facts
                facts={[
                  { name: 'Class', value: detail.label },
                  { name: 'Split', value: SPLIT_NAMES[place.split] },
                  { name: 'Size', value: `${detail.width} x ${detail.height} px, ${formatBytes(detail.bytes)}` },
                  { name: 'File', value: detail.path },
                ]}
              />
              {change && <ChangePhoto {...change} names={names} />}
              <Probabilities detail={detail} names={names} split={place.split} />
            </>
          )}
        </div>
      </div>
      {detail && detail.mapStages > 0 && detail.measured.length > 0 && (
        <PhotoMaps place={place} detail={detail} names={names} compared={compared} />
      )}
      {detail && similar && <SimilarPhotos place={place} names={names} {...similar} />}
    </Modal>
  );
}

/** The photo's shape, as wide as there is room and no taller than a window. */
function frameOf(detail: PhotoDetail | null) {
  const { width, height } = detail ?? { width: 4, height: 3 };
  return { aspectRatio: `${width} / ${height}`, maxWidth: `calc(62vh * ${width / height})` };
}

/** A row a class, a column a size. */
function Probabilities({
  detail: { measured, label },
  names,
  split,
}: {
  detail: PhotoDetail;
  names: readonly string[];
  split: PhotoPlace['split'];
}) {
  const known = measured.flatMap(({ probabilities, ...one }) => (probabilities ? [{ ...one, probabilities }] : []));
  if (known.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {split === 'validation'
          ? 'What the network says of it will stand here once a step has been measured.'
          : 'Predictions are made of validation photos alone.'}
      </Text>
    );
  }
  const most = (k: number) => Math.max(...known.map(({ probabilities }) => probabilities[k]!));
  const likeliest = names.map((_, k) => k).sort((a, b) => most(b) - most(a));
  const own = names.indexOf(label);
  const shown = likeliest.filter((k, rank) => rank < CLASSES_SHOWN || k === own);
  const tops = known.map(({ probabilities }) => probabilities.indexOf(Math.max(...probabilities)));
  return (
    <ScrollRegion className={css['scrolled']} label="Probabilities by size">
      <table>
        <caption className="visually-hidden">Probability of each class, by step and test size</caption>
        <thead>
          <tr>
            <th scope="col">Probability</th>
            {known.map((one, i) => (
              <th key={i} scope="col">
                {measuredName(one, known)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((k) => (
            <tr key={k} data-label={k === own || undefined}>
              <th scope="row">
                {names[k]}
                {k === own && ' (label)'}
              </th>
              {known.map(({ probabilities }, i) => (
                <td key={i} data-most={tops[i] === k || undefined}>
                  {formatPercent(probabilities[k]!)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** The photo before stays until the next one is there. */
function useDetail({ split, index }: PhotoPlace) {
  const studio = useStudio();
  const config = useStudioState((s) => s.config);
  const [loaded, setLoaded] = useState<{ detail: PhotoDetail; url: string | null } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    let url: string | null = null;
    const ask = async () => {
      const [detail, photo] = await Promise.all([
        studio.photoDetail({ split, index, config }),
        studio.photo({ split, index, maxSide: SIDE_PX }).catch(() => null),
      ]);
      if (gone) return;
      url = photo && URL.createObjectURL(photo.blob);
      setLoaded({ detail, url });
      setFailure(null);
    };
    ask().catch((error: unknown) => {
      if (gone) return;
      setLoaded(null);
      setFailure(toErrorData(error).message);
    });
    return () => {
      gone = true;
      const old = url;
      // It is shown until the next one has come.
      if (old) setTimeout(() => URL.revokeObjectURL(old), 10_000);
    };
  }, [studio, split, index, config]);
  return { detail: loaded?.detail ?? null, url: loaded?.url ?? null, failure };
}
