/**
 * Which shape of matrix product an adapter runs. Software adapters have a fixed subgroup of 4 or 8 lanes and slow
 * workgroup memory: registers and broadcasts win there by a factor of three. GPUs get workgroup-memory tiles.
 */
import type { AdapterReport } from '../../gpu/report';

export interface ConvVariant {
  name: string;
  core: 'subgroup' | 'tiled';
  /** Rows and vec4 columns of a workgroup's tile. */
  tileRows: number;
  tileColumns4: number;
  /** Constants of the subgroup core. */
  subgroup: { size: number; lanes: number; columns4: number } | null;
}

const TILED: ConvVariant = { name: 'tiled', core: 'tiled', tileRows: 64, tileColumns4: 16, subgroup: null };

function subgroupVariant(size: number, rows: number, lanes: number, columns4: number): ConvVariant {
  return {
    name: `subgroup${size}-${rows}x${lanes}x${columns4}`,
    core: 'subgroup',
    tileRows: rows,
    tileColumns4: lanes * columns4,
    subgroup: { size, lanes, columns4 },
  };
}

/** Every variant that the adapter can run, the default first. */
export function convVariants(report: AdapterReport): readonly ConvVariant[] {
  if (report.subgroupSize === 4) return [subgroupVariant(4, 16, 8, 2), TILED];
  if (report.subgroupSize === 8) return [subgroupVariant(8, 16, 16, 1), TILED];
  return [TILED];
}
