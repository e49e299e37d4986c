/**
 * Which shapes of matrix product an adapter can run. Software adapters have a fixed subgroup of 4 or 8 lanes and slow
 * workgroup memory: registers and broadcasts win there by a factor of three. GPUs get workgroup-memory tiles; which size
 * suits a layer, the tuner finds out.
 */
import type { Platform } from '../../gpu/recorder';
import type { AdapterReport } from '../../gpu/report';
import type { Constants } from '../template';

export interface ConvVariant {
  name: string;
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
    core: 'subgroup',
    tileRows: rows,
    tileColumns4: lanes * columns4,
    constants: { ROWS: rows, SUBGROUP: size, LANES: lanes, COLUMNS4: columns4 },
  };
}

/** The default first: large enough to reuse what it loads, small enough to have many of. */
const TILED = [
  tiledVariant({ rows: 64, columns4: 16, ownRows: 8, ownColumns4: 2, depth4: 4 }),
  tiledVariant({ rows: 128, columns4: 16, ownRows: 8, ownColumns4: 2, depth4: 4 }),
  tiledVariant({ rows: 64, columns4: 16, ownRows: 4, ownColumns4: 2, depth4: 4 }),
  tiledVariant({ rows: 32, columns4: 16, ownRows: 4, ownColumns4: 2, depth4: 4 }),
  tiledVariant({ rows: 64, columns4: 8, ownRows: 8, ownColumns4: 1, depth4: 8 }),
] as const;

/** By the subgroup's size. */
const IN_REGISTERS: Readonly<Record<number, readonly ConvVariant[]>> = {
  4: [subgroupVariant(4, 16, 8, 2), subgroupVariant(4, 16, 8, 1), TILED[0]],
  8: [subgroupVariant(8, 16, 16, 1), subgroupVariant(8, 16, 8, 1), TILED[0]],
};

/** Every variant that the adapter can run, the default first. */
export function convVariants({ subgroupSize }: Pick<AdapterReport, 'subgroupSize'>): readonly ConvVariant[] {
  return IN_REGISTERS[subgroupSize ?? 0] ?? TILED;
}

/** The variant for one pass over one shape: the tuned one where there is one that the adapter still has. */
export function variantFor({ report, choices }: Platform, key: string): ConvVariant {
  const variants = convVariants(report);
  const name = choices?.get(key);
  return variants.find((variant) => variant.name === name) ?? variants[0]!;
}
