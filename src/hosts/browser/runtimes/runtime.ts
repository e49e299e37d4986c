/** Other people's programs that run networks, as far as a proof needs them. */

import type { ExportFiles, ImageShape } from '../../../session/host';

/** A network that such a program has opened. */
export interface OpenNetwork {
  /** `images` [n, height, width, 3], RGB in [0, 1] → logits [n, K]. */
  run: (images: Float32Array<ArrayBuffer>, shape: ImageShape) => Promise<Float32Array>;
  close: () => Promise<void>;
}

/** @throws Error where there is no such file. */
export function fileOf(files: ExportFiles, path: string): Blob {
  const file = files.get(path);
  if (!file) throw new Error(`The export has no ${path}`);
  return file;
}
