/** Every format's exporter, a line each. */
import type { ModelFormat } from './meta';
import type { Exporter } from './model';
import { toOnnx } from './onnx';
import { pth } from './pth';
import { tfjs } from './tfjs';
import { timm } from './timm';
import { transformers } from './transformers';

export const EXPORTERS: Readonly<Record<ModelFormat, Exporter>> = {
  pth,
  timm,
  onnx: (model) => [
    { path: 'model.onnx', blob: toOnnx(model, { normalization: 'inside', norms: 'kept', output: 'logits' }) },
  ],
  transformers,
  tfjs,
};
