/** Where networks see a class in a photo, at two sizes or in two stages side by side: views at one scale. */
import { NativeSelect, Text } from '@mantine/core';
import { Fragment, useEffect, useState } from 'react';
import { headNote, measuredName } from '../../client/room';
import { isBusy } from '../../client/state';
import { formatScale } from '../../client/views';
import { toErrorData } from '../../engine/base/errors';
import type { MappedView, Measured, PhotoDetail, PhotoPlace } from '../../protocol/photos';
import { keepUnits } from '../../words/format';
import { ScrollRegion } from '../ScrollRegion';
import { ClassMapLayer, largestOf } from '../stages/ClassMapLayer';
import { Pixels } from '../stages/Pixels';
import { useStudio, useStudioState } from '../StudioContext';
import css from './room.module.css';

/** Both views beside one another, px. */
const WIDTH = 1000;
const SIDES = ['Left', 'Right'] as const;
/** Whoever steps through photos does not want each one's maps. */
const PATIENCE_MS = 250;

interface Props {
  place: PhotoPlace;
  detail: PhotoDetail;
  names: readonly string[];
  compared: readonly Measured[] | undefined;
}

export function PhotoMaps({ place, detail, names, compared }: Props) {
  const { measured } = detail;
  const indexOf = ({ step, resize, size }: Measured) =>
    measured.findIndex((one) => one.step === step && one.resize === resize && one.size === size);
  const [pair, setPair] = useState<readonly [number, number]>(() => {
    const [first = 0, second = measured.length - 1] = (compared ?? []).map(indexOf).filter((at) => at >= 0);
    return [first, second];
  });
  const own = names.indexOf(detail.label);
  const { mapStages } = detail;
  const [stages, setStages] = useState<readonly [number, number]>([mapStages, mapStages]);
  const [chosen, setChosen] = useState<number | null>(null);
  const label = chosen ?? own;
  const sides = pair.map((at, side) => ({
    ...measured[Math.min(at, measured.length - 1)]!,
    stage: Math.min(stages[side]!, mapStages),
  }));
  const { views, status } = useMaps(place, label, sides);
  // Earlier stages answer in smaller places, with larger shares: a measure for both would leave the other dark.
  const alike = sides[0]!.stage === sides[1]!.stage;
  const most = alike ? Math.max(...(views ?? []).map(({ map }) => largestOf(map))) : undefined;
  const total = sides.reduce((sum, { size }) => sum + size, 0);
  const zoom = Math.min(1.5, WIDTH / total);
  const options = measured.map((one, i) => ({ value: String(i), label: measuredName(one, measured) }));
  return (
    <section aria-label="Where the network sees it" data-testid="photo-maps">
      <div className={css['mapTools']}>
        <NativeSelect
          size="xs"
          label="Bright: what speaks for"
          data={names.map((name, i) => ({ value: String(i), label: name }))}
          value={String(label)}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
        />
        {pair.map((at, side) => (
          <Fragment key={side}>
            <NativeSelect
              size="xs"
              label={SIDES[side]}
              data={options}
              value={String(Math.min(at, measured.length - 1))}
              onChange={(event) => setPair(withSide(pair, side, Number(event.currentTarget.value)))}
            />
            <NativeSelect
              size="xs"
              label={`${SIDES[side]}, end of`}
              data={Array.from({ length: mapStages }, (_, i) => stageOption(mapStages - i, mapStages))}
              value={String(sides[side]!.stage)}
              onChange={(event) => setStages(withSide(stages, side, Number(event.currentTarget.value)))}
            />
          </Fragment>
        ))}
      </div>
      <ScrollRegion className={css['maps']} label="What each size looks at">
        {sides.map((side, i) => {
          const view = views?.[i];
          return (
            <figure key={i}>
              <div className={css['mapped']} style={{ width: side.size * zoom, height: side.size * zoom }}>
                {view?.size === side.size && (
                  <>
                    <Pixels size={view.shown} rgba={view.rgba} label={`${detail.imageId} at ${side.size} px`} />
                    <ClassMapLayer
                      map={view.map}
                      {...(most !== undefined && { most })}
                      label={`Where it sees ${names[label]}`}
                    />
                  </>
                )}
              </div>
              <figcaption>
                {keepUnits(measuredName(side, measured))}
                {side.stage < mapStages && `, layer${side.stage}`}
                {view && `, things at ${formatScale(view.scale)}`}
              </figcaption>
            </figure>
          );
        })}
      </ScrollRegion>
      <Text component="output" size="xs" c="dimmed">
        {status ?? (
          <>
            Both at one scale, as large as the network is given them. Each place’s part in the class’s logit,{' '}
            {alike ? 'in one measure for both' : 'each in a measure of its own'}; dark is nothing, or speaks against it.
            {sides.some(({ stage }) => stage < mapStages) &&
              ' Before the last stage it is value times gradient (HiResCAM): true for small changes, finer in place, and not yet of whole things.'}
            {` ${headNote(sides)}`}
          </>
        )}
      </Text>
    </section>
  );
}

const withSide = ([left, right]: readonly [number, number], side: number, next: number): readonly [number, number] =>
  side === 0 ? [next, right] : [left, next];

/** torchvision's name of it. */
const stageOption = (stage: number, of: number) => ({
  value: String(stage),
  label: stage === of ? `layer${stage}, the last` : `layer${stage}`,
});

/** Those before stay until the next ones are there. */
function useMaps({ split, index }: PhotoPlace, label: number, sides: readonly (Measured & { stage: number })[]) {
  const studio = useStudio();
  const busy = useStudioState(isBusy);
  const config = useStudioState((s) => s.config);
  const [views, setViews] = useState<readonly MappedView[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const asked = JSON.stringify(sides.map(({ step, resize, size, stage }) => ({ step, resize, size, stage })));
  useEffect(() => {
    if (busy) return undefined;
    let gone = false;
    const ask = () =>
      studio.photoMaps({ photos: [{ split, index }], label, config, measured: JSON.parse(asked) as typeof sides }).then(
        ([found = '']) => {
          if (gone) return;
          if (typeof found !== 'string') setViews(found);
          setFailure(typeof found === 'string' ? found : null);
        },
        (error: unknown) => !gone && setFailure(toErrorData(error).message),
      );
    const timer = setTimeout(() => void ask(), PATIENCE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [studio, busy, config, split, index, label, asked]);
  return { views, status: busy ? 'The GPU is busy with the run.' : failure };
}
