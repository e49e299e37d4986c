/** Curves as inline SVG: colours by class, so that the page's style says them for screens and paper. */
import { scaleLinear } from 'd3-scale';
import { type Html, markup, raw, type ReportTable, tableHtml } from './html';

export interface ReportCurve {
  name: string;
  /** The style's colour: "train", "validation", or a number of its scale. */
  color: 'train' | 'validation' | 'faint' | number;
  points: readonly { x: number; y: number }[];
  /** Ends of intervals around the points, by their place. */
  band?: readonly (readonly [low: number, high: number] | null)[];
  /** Without a name beside it. */
  unnamed?: boolean;
  /** Its points have nothing to do with one another. */
  dots?: boolean;
}

export interface ReportChart {
  title: string;
  /** What it shows, as a sentence. */
  sentence: string;
  x: string;
  y: string;
  /** From the least to the greatest value of y; of the data where it is not given. */
  range?: readonly [number, number];
  curves: readonly ReportCurve[];
  /** A horizontal line with its name. */
  level?: { y: number; name: string } | null;
  table: ReportTable;
}

/** Colours of the style. */
const SCALE = 8;
const [WIDTH, HEIGHT] = [720, 300] as const;
const ROOM = { left: 58, right: 150, top: 14, bottom: 44 } as const;
/** On an axis, some. */
const TICKS = 5;
/** Of names beside the curves, px. */
const LINE = 14;

/** A figure: title, sentence, drawing, table. Nothing where there is nothing to draw. */
export function chartHtml(chart: ReportChart): Html {
  const { title, sentence, curves, table } = chart;
  if (curves.every(({ points }) => points.length === 0)) return markup``;
  return markup`<figure><h3>${title}</h3><p>${sentence}</p>${raw(drawing(chart), tableHtml(table, title))}</figure>`;
}

function drawing({ title, sentence, x, y, range, curves, level }: ReportChart): Html {
  const xs = curves.flatMap(({ points }) => points.map((point) => point.x));
  const ys = curves.flatMap(({ points, band = [] }) => [
    ...points.map((point) => point.y),
    ...band.flatMap((ends) => ends ?? []),
  ]);
  const within = [Math.min(...xs), Math.max(...xs)] as const;
  const yAxis = scaleLinear(range ?? [Math.min(0, ...ys), Math.max(...ys)], [HEIGHT - ROOM.bottom, ROOM.top]).nice(
    TICKS,
  );
  const xAxis = scaleLinear(within, [ROOM.left, WIDTH - ROOM.right]);
  const place = { x: placeOn(xAxis), y: placeOn(yAxis) };
  const yTicks = yAxis.ticks(TICKS);
  const whole = xs.every(Number.isInteger);
  const xTicks =
    within[0] === within[1] ? [within[0]] : xAxis.ticks(TICKS).filter((tick) => !whole || Number.isInteger(tick));
  const grid = yTicks.map((tick) => {
    const at = place.y(tick);
    return markup`<line class="grid" x1="${ROOM.left}" x2="${WIDTH - ROOM.right}" y1="${at}" y2="${at}"/><text class="tick" x="${ROOM.left - 8}" y="${at + 4}" text-anchor="end">${numberText(tick)}</text>`;
  });
  const below = xTicks.map(
    (tick) =>
      markup`<text class="tick" x="${place.x(tick)}" y="${HEIGHT - ROOM.bottom + 18}" text-anchor="middle">${numberText(tick)}</text>`,
  );
  const names = namesOf(curves, place.y);
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}. ${sentence}">${raw(
    ...grid,
    ...below,
    markup`<text class="axis" x="${(ROOM.left + WIDTH - ROOM.right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${x}</text>`,
    markup`<text class="axis" transform="translate(14 ${(HEIGHT - ROOM.bottom + ROOM.top) / 2}) rotate(-90)" text-anchor="middle">${y}</text>`,
    ...(level ? [levelHtml(level, place.y(level.y))] : []),
    ...curves.map((curve) => curveHtml(curve, place)),
    ...names,
  )}</svg>`;
}

const levelHtml = ({ name }: { name: string }, at: number): Html =>
  markup`<line class="level" x1="${ROOM.left}" x2="${WIDTH - ROOM.right}" y1="${at}" y2="${at}"/><text class="tick" x="${ROOM.left + 4}" y="${at - 4}">${name}</text>`;

interface Place {
  x: (value: number) => number;
  y: (value: number) => number;
}

function curveHtml({ color, points, band, dots = false }: ReportCurve, place: Place): Html {
  const at = points.map(({ x, y }) => [place.x(x), place.y(y)] as const);
  const ends = points.flatMap(({ x }, i) => {
    const [low, high] = band?.[i] ?? [];
    return low === undefined || high === undefined ? [] : [{ x: place.x(x), low: place.y(low), high: place.y(high) }];
  });
  const area = [...ends.map(({ x, high }) => `${x},${high}`), ...ends.toReversed().map(({ x, low }) => `${x},${low}`)];
  const bars = dots || ends.length === 1 ? ends : [];
  return markup`<g class="c-${typeof color === 'number' ? color % SCALE : color}">${raw(
    ...(ends.length > 1 && !dots ? [markup`<polygon class="band" points="${area.join(' ')}"/>`] : []),
    ...bars.map(({ x, low, high }) => markup`<line class="line" x1="${x}" x2="${x}" y1="${low}" y2="${high}"/>`),
    ...(dots ? [] : [markup`<polyline class="line" points="${at.map(([x, y]) => `${x},${y}`).join(' ')}"/>`]),
    // Of few points each is to be seen.
    ...(points.length <= 30 ? at.map(([x, y]) => markup`<circle cx="${x}" cy="${y}" r="3"/>`) : []),
  )}</g>`;
}

/** Beside the curves' ends, moved apart where they would lie on one another. */
function namesOf(curves: readonly ReportCurve[], y: Place['y']): Html[] {
  const named = curves
    .flatMap(({ name, color, points, unnamed = false }) => {
      const last = points.at(-1);
      return last && !unnamed ? [{ name, color, at: y(last.y) }] : [];
    })
    .sort((a, b) => a.at - b.at);
  let above = ROOM.top - LINE;
  const spread = named.map((one) => ({ ...one, at: (above = Math.max(one.at, above + LINE)) }));
  const over = Math.max(0, (spread.at(-1)?.at ?? 0) - (HEIGHT - ROOM.bottom));
  return spread.map(
    ({ name, color, at }) =>
      markup`<text class="name c-${typeof color === 'number' ? color % SCALE : color}" x="${WIDTH - ROOM.right + 8}" y="${at - over + 4}">${shortened(name)}</text>`,
  );
}

const NAME_CHARACTERS = 22;
const shortened = (name: string): string =>
  name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS - 1)}…` : name;

/** To tenths of a pixel. */
const placeOn =
  (axis: (value: number) => number) =>
  (value: number): number =>
    Math.round(10 * axis(value)) / 10;

const numberText = (value: number): string => String(Number(value.toPrecision(4))).replace('-', '−');
