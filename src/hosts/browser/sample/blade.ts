/** The geometry and colours of a leaf's blade, which leaves and diseases share. */
import type { Rng } from '../../../engine/base/rng';

export type Pen = OffscreenCanvasRenderingContext2D;

/** A lance-shaped blade from the origin along x. */
export interface Blade {
  /** Of the midrib, px. */
  length: number;
  /** Half the greatest width, px. */
  halfWidth: number;
  /** Sideways deviation of the tip, as a share of the length. */
  bend: number;
  /** Pairs of side veins. */
  veins: number;
}

/** Colours of one plant: hue in degrees, the rest in per cent. */
export interface LeafColour {
  hue: number;
  saturation: number;
  lightness: number;
}

export function between(rng: Rng, min: number, max: number): number {
  return min + (max - min) * rng.uniform();
}

export function hsl(hue: number, saturation: number, lightness: number, alpha = 1): string {
  return `hsl(${hue.toFixed(1)} ${saturation.toFixed(1)}% ${lightness.toFixed(1)}% / ${alpha.toFixed(3)})`;
}

/** The point at share `along` of the midrib and `across` of the half-width there (-1 to 1). */
export function pointOn({ length, halfWidth, bend }: Blade, along: number, across: number): [x: number, y: number] {
  const profile = Math.sin(Math.PI * Math.min(1, Math.max(0, along)) ** 0.85) ** 0.9;
  return [along * length, bend * length * along ** 2 + across * halfWidth * profile];
}

/** From the midrib to the margin: side vein `i` of the half `side`. */
export function veinOf(
  blade: Blade,
  i: number,
  side: -1 | 1,
): { from: [number, number]; via: [number, number]; to: [number, number] } {
  const start = 0.06 + (0.8 * i) / blade.veins;
  return {
    from: pointOn(blade, start, 0),
    via: pointOn(blade, start + 0.07, 0.5 * side),
    to: pointOn(blade, Math.min(1, start + 0.17), 0.96 * side),
  };
}
