import { useEffect, useRef } from 'react';
import type { ClassMap } from '../../engine/analysis/classMap';

/** What shows through where nothing speaks for the class, 0 to 255. */
const VEIL = 150;

interface Props {
  map: ClassMap;
  label: string;
  /** The value where it lifts wholly; the map's largest if not given. */
  most?: number;
}

/** A veil over a photo that lifts where a class is seen; the browser smooths it to the photo's size. */
export function ClassMapLayer({ map, label, most: given }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, values } = map;
  useEffect(() => {
    const most = given ?? largestOf(map);
    const veil = new ImageData(width, height);
    values.forEach((value, i) => {
      const share = most > 0 ? Math.max(0, value) / most : 0;
      veil.data.set([10, 16, 40, Math.round(VEIL * (1 - share))], 4 * i);
    });
    canvas.current?.getContext('2d')?.putImageData(veil, 0, 0);
  }, [map, width, height, values, given]);
  // An img would want its bytes encoded first.
  // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
  return <canvas ref={canvas} width={width} height={height} role="img" aria-label={label} />;
}

export const largestOf = ({ values }: ClassMap): number => values.reduce((most, value) => Math.max(most, value), 0);
