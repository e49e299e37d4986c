import { useEffect, useRef } from 'react';

/** A square of pixels, as large as it is laid out. `rgba`: [size, size, 4]. */
export function Pixels({ size, rgba, label }: { size: number; rgba: Uint8ClampedArray<ArrayBuffer>; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(rgba, size, size), 0, 0);
  }, [rgba, size]);
  // An img would want its bytes encoded first.
  // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
  return <canvas ref={canvas} width={size} height={size} role="img" aria-label={label} />;
}
