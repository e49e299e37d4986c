/** The rules of thumb for resolutions (paper section 4.1), and what a size costs that is no multiple of 32. */

export interface ResolutionAdvice {
  /** Test this many px for networks trained at the size: 1.25 times as many. */
  test: Rounded;
  /** Train at this many px for tests at the size: 0.8 times as many. */
  train: Rounded;
  /** Side of the last feature map at the size itself. */
  map: number;
}

export interface Rounded {
  exact: number;
  /** The nearest multiple of 32, at least 32. */
  recommended: number;
}

/** Five halvings, each rounded up: a ResNet's stride. */
export const STRIDE = 32;

/** The paper rounds the mean ratio of apparent sizes at 256/224, 0.809, to 0.8. */
export const PAPER_RATIO = 0.8;

export function adviseResolution(size: number): ResolutionAdvice {
  return { test: rounded(size / PAPER_RATIO), train: rounded(size * PAPER_RATIO), map: mapSide(size) };
}

/** Side of the last feature map. */
export const mapSide = (size: number): number => Math.ceil(size / STRIDE);

/** Why a multiple of 32, for a size that is none; null for one that is. */
export function stridePenalty(size: number): string | null {
  if (size % STRIDE === 0) return null;
  const [side, below] = [mapSide(size), Math.floor(size / STRIDE) * STRIDE];
  const share = Math.round((100 * (side * STRIDE - size)) / (side * STRIDE));
  const or = below > 0 ? `${below} or ${below + STRIDE}` : `${STRIDE}`;
  return `At ${size} px the last map is ${side} x ${side} as at ${side * STRIDE} px, ${share} % of each side of it padding; ${or} px wastes nothing.`;
}

function rounded(exact: number): Rounded {
  return { exact, recommended: Math.max(STRIDE, Math.round(exact / STRIDE) * STRIDE) };
}
