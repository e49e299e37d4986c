/**
 * Parametric adaptation (paper section 4.2, appendix A): pooled activations follow a Fréchet law, two of which are made
 * alike by an affine map. The paper's own appendix finds no gain in accuracy.
 */

/** P(x) = exp(-(1 + (ξ/σ)(x − μ))^(−1/ξ)) with the paper's ξ = 0.3. */
export interface Frechet {
  mu: number;
  sigma: number;
}

/** x ↦ scale · x + shift for x > 0; zeros stay. */
export interface EqualisingMap {
  scale: number;
  shift: number;
}

export const XI = 0.3;

const ITERATIONS = 200;
const CONVERGED = 1e-12;

export function frechetCdf(x: number, { mu, sigma }: Frechet): number {
  const t = 1 + (XI / sigma) * (x - mu);
  return t <= 0 ? 0 : Math.exp(-(t ** (-1 / XI)));
}

export function frechetQuantile(p: number, { mu, sigma }: Frechet): number {
  return mu + (sigma / XI) * ((-Math.log(p)) ** -XI - 1);
}

/**
 * Least squares on a distribution's points (Levenberg-Marquardt), which are those of the non-zero values: the paper takes
 * zeros out. Null where there are fewer than three points that tell anything.
 */
export function fitFrechet(cdf: readonly { x: number; p: number }[]): Frechet | null {
  const telling = cdf.filter(({ p }) => p > 0 && p < 1);
  if (telling.length < 3) return null;
  let fit = startOf(telling);
  let error = squaredError(cdf, fit);
  let damping = 1e-3;
  for (let i = 0; i < ITERATIONS && damping < 1e12; i++) {
    const step = gaussNewtonStep(cdf, fit, damping);
    const next = { mu: fit.mu + step.mu, sigma: fit.sigma + step.sigma };
    const nextError = next.sigma > 0 ? squaredError(cdf, next) : Infinity;
    if (nextError >= error) {
      damping *= 4;
      continue;
    }
    const settled = Math.abs(step.mu) + Math.abs(step.sigma) < CONVERGED * fit.sigma;
    [fit, error, damping] = [next, nextError, damping / 4];
    if (settled) break;
  }
  return fit;
}

/** Turns what follows `from` into what follows `to`: with one ξ, quantiles map by a straight line. */
export function equalisingMap(from: Frechet, to: Frechet): EqualisingMap {
  const scale = to.sigma / from.sigma;
  return { scale, shift: to.mu - scale * from.mu };
}

/** From the values at about a quarter and three quarters, whose quantiles the law has in closed form. */
function startOf(points: readonly { x: number; p: number }[]): Frechet {
  const nearest = (p: number) => points.reduce((a, b) => (Math.abs(b.p - p) < Math.abs(a.p - p) ? b : a));
  const [low, high] = [nearest(0.25), nearest(0.75)];
  const unit = { mu: 0, sigma: 1 };
  const spread = frechetQuantile(high.p, unit) - frechetQuantile(low.p, unit);
  const sigma = spread > 0 ? Math.max(1e-6, (high.x - low.x) / spread) : 1;
  return { mu: low.x - sigma * frechetQuantile(low.p, unit), sigma };
}

function squaredError(cdf: readonly { x: number; p: number }[], fit: Frechet): number {
  return cdf.reduce((sum, { x, p }) => sum + (frechetCdf(x, fit) - p) ** 2, 0);
}

function gaussNewtonStep(cdf: readonly { x: number; p: number }[], fit: Frechet, damping: number): Frechet {
  let [aa, ab, bb, ar, br] = [0, 0, 0, 0, 0];
  for (const { x, p } of cdf) {
    const z = (x - fit.mu) / fit.sigma;
    const t = 1 + XI * z;
    if (t <= 0) continue;
    const value = Math.exp(-(t ** (-1 / XI)));
    const slope = value * t ** (-1 / XI - 1);
    const [a, b] = [-slope / fit.sigma, (-slope * z) / fit.sigma];
    const rest = p - value;
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ar += a * rest;
    br += b * rest;
  }
  [aa, bb] = [aa * (1 + damping), bb * (1 + damping)];
  const determinant = aa * bb - ab * ab;
  if (determinant === 0) return { mu: 0, sigma: 0 };
  return { mu: (ar * bb - br * ab) / determinant, sigma: (br * aa - ar * ab) / determinant };
}
