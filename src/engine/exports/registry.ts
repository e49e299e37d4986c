/** Every format's exporter, a line each; but for the page, which needs a program, too. */
import { type ModelFormat, ONNX_DEFAULTS } from './meta';
import type { Exporter } from './model';
import { toOnnx } from './onnx';
import { pth } from './pth';
import { tfjs } from './tfjs';
import { timm } from './timm';
import { transformers } from './transformers';

export const EXPORTERS: Readonly<Record<Exclude<ModelFormat, 'page'>, Exporter>> = {
  pth,
  timm,
  onnx: (model, options = ONNX_DEFAULTS) => [{ path: 'model.onnx', blob: toOnnx(model, options) }],
  transformers,
  tfjs,
};
