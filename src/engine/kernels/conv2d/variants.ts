/**
 * Which shapes of matrix product an adapter can run. Software adapters have a fixed subgroup of 4 or 8 lanes and slow
 * workgroup memory: registers and broadcasts win there by a factor of three. GPUs get workgroup-memory tiles; which size
 * suits a layer, the tuner finds out.
 */
import type { Platform } from '../../gpu/recorder';
import type { AdapterReport } from '../../gpu/report';
import type { Precision } from '../storage';
import type { Constants } from '../template';
import { choiceKey, type ConvShape, type Pass } from './shape';

export interface ConvVariant {
  name: string;
  algorithm: 'direct' | 'winograd';
  /** Of the matrix product. */
  core: 'subgroup' | 'tiled';
  /** Rows and vec4 columns of a workgroup's tile. */
  tileRows: number;
  tileColumns4: number;
  /** Of the core's shader. */
  constants: Constants;
}

interface Tile {
  rows: number;
  columns4: number;
  /** Of one invocation. */
  ownRows: number;
  ownColumns4: number;
  depth4: number;
}

function tiledVariant({ rows, columns4, ownRows, ownColumns4, depth4 }: Tile): ConvVariant {
  const lanes = (rows / ownRows) * (columns4 / ownColumns4);
  return {
    name: `tiled-${rows}x${columns4 * 4}-${ownRows}x${ownColumns4 * 4}-${depth4 * 4}`,
    algorithm: 'direct',
    core: 'tiled',
    tileRows: rows,
    tileColumns4: columns4,
    constants: {
      ROWS: rows,
      COLUMNS4: columns4,
      OWN_ROWS: ownRows,
      OWN_COLUMNS4: ownColumns4,
      DEPTH4: depth4,
      LANES: lanes,
      A_ROWS: Math.max(1, rows / lanes),
      A_STEP: Math.max(1, lanes / rows),
    },
  };
}

function subgroupVariant(size: number, rows: number, lanes: number, columns4: number): ConvVariant {
  return {
    name: `subgroup${size}-${rows}x${lanes}x${columns4}`,
    algorithm: 'direct',
    core: 'subgroup',
    tileRows: rows,
    tileColumns4: lanes * columns4,
    constants: { ROWS: rows, SUBGROUP: size, LANES: lanes, COLUMNS4: columns4 },
  };
}

/** Winograd's algorithm over a matrix product. */
function winogradVariant(product: ConvVariant): ConvVariant {
  return { ...product, name: `winograd-${product.name}`, algorithm: 'winograd' };
}

/** Large enough to reuse what it loads, small enough to have many of. */
const TILE = tiledVariant({ rows: 64, columns4: 16, ownRows: 8, ownColumns4: 2, depth4: 4 });
const LARGER_TILE = tiledVariant({ rows: 128, columns4: 16, ownRows: 8, ownColumns4: 2, depth4: 4 });

/** What an adapter can run; the first that suits is the default. */
const TILED: readonly ConvVariant[] = [
  TILE,
  LARGER_TILE,
  tiledVariant({ rows: 64, columns4: 16, ownRows: 4, ownColumns4: 2, depth4: 4 }),
  tiledVariant({ rows: 32, columns4: 16, ownRows: 4, ownColumns4: 2, depth4: 4 }),
  tiledVariant({ rows: 64, columns4: 8, ownRows: 8, ownColumns4: 1, depth4: 8 }),
  winogradVariant(TILE),
  winogradVariant(LARGER_TILE),
];

/** By the subgroup's size. */
const IN_REGISTERS: Readonly<Record<number, readonly ConvVariant[]>> = {
  4: [winogradVariant(subgroupVariant(4, 16, 8, 2)), subgroupVariant(4, 16, 8, 2), subgroupVariant(4, 16, 8, 1), TILE],
  8: [winogradVariant(subgroupVariant(8, 16, 8, 1)), subgroupVariant(8, 16, 16, 1), subgroupVariant(8, 16, 8, 1), TILE],
};

/** Every variant that the adapter can run, those first that are better where they suit. */
export function convVariants({ subgroupSize }: Pick<AdapterReport, 'subgroupSize'>): readonly ConvVariant[] {
  return IN_REGISTERS[subgroupSize ?? 0] ?? TILED;
}

/** With fewer, transforming the filters costs more than is gained (measured on software adapters). */
const FEWEST_WINOGRAD_TILES = 64;

/** Whether a variant can run one pass over one shape, and may be worth it. */
export function suits({ algorithm }: ConvVariant, pass: Pass, shape: ConvShape): boolean {
  // Photos have nobody below them.
  if (pass === 'inputGradient' && shape.inChannels < 4) return false;
  // Convolutions in groups have kernels of their own.
  if (shape.groups > 1) return false;
  if (algorithm === 'direct') return true;
  const { kernel, stride, inChannels } = shape;
  const fits = pass !== 'filterGradient' && kernel === 3 && stride === 1 && inChannels >= 4;
  return fits && winogradTiles(pass, shape) >= FEWEST_WINOGRAD_TILES;
}

/** Tiles of 2 x 2 pixels of what the pass makes. */
function winogradTiles(pass: Pass, s: ConvShape): number {
  const [height, width] = pass === 'forward' ? [s.outHeight, s.outWidth] : [s.inHeight, s.inWidth];
  return s.batch * Math.ceil(height / 2) * Math.ceil(width / 2);
}

/**
 * Narrower layers than that, which only networks of eight channels have, are not worth four kernels more to compile: such
 * networks train for moments.
 */
const FEWEST_WINOGRAD_CHANNELS = 32;

/** The variant for one pass over one shape: the tuned one where there is one that the adapter still has. */
export function variantFor(
  { report, choices }: Platform,
  pass: Pass,
  shape: ConvShape,
  precision: Precision,
): ConvVariant {
  const variants = convVariants(report).filter((variant) => suits(variant, pass, shape));
  const name = choices?.get(choiceKey(pass, shape, precision));
  const isWide = Math.min(shape.inChannels, shape.outChannels) >= FEWEST_WINOGRAD_CHANNELS;
  const standard = variants.find(({ algorithm }) => algorithm === 'direct' || isWide)!;
  return variants.find((variant) => variant.name === name) ?? standard;
}
