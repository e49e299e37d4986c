/**
 * A folder that transformers.js opens: `pipeline('image-classification', DIR)`. Its processor normalises, so the graph does
 * not; batch norms are folded, as nobody trains there. Keys: huggingface/transformers, BitImageProcessor and ResNetConfig.
 */
import { type ExportedModel, type Exporter, jsonFile, normalizationOf, textFile } from './model';
import { modelCard } from './modelCard';
import { toOnnx } from './onnx';
import { photoLines } from './photoLines';

/** Pillow's numbers of its filters. */
const RESAMPLE = { bilinear: 2, bicubic: 3 } as const;

export const transformers: Exporter = (model) => {
  const { classes } = model;
  const config = {
    model_type: 'resnet',
    architectures: ['ResNetForImageClassification'],
    id2label: Object.fromEntries(classes.map((name, i) => [i, name])),
    label2id: Object.fromEntries(classes.map((name, i) => [name, i])),
    num_labels: classes.length,
  };
  return [
    jsonFile('config.json', config),
    jsonFile('preprocessor_config.json', preprocessor(model)),
    { path: 'onnx/model.onnx', blob: toOnnx(model, { normalization: 'outside', norms: 'folded', output: 'logits' }) },
    textFile('README.md', modelCard(model, { library: 'transformers.js', usage: usageOf(model) })),
  ];
};

function preprocessor({ view }: ExportedModel) {
  const { resize, crop, filter = 'bilinear', squish = false } = view;
  const { mean, std } = normalizationOf(view);
  return {
    image_processor_type: 'BitImageProcessor',
    do_convert_rgb: true,
    do_resize: resize > 0,
    size: squish ? { height: resize, width: resize } : { shortest_edge: resize || crop },
    resample: RESAMPLE[filter],
    do_center_crop: true,
    crop_size: { height: crop, width: crop },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: view.normalize === true,
    image_mean: mean,
    image_std: std,
  };
}

const usageOf = ({ respectExif }: ExportedModel) => `\`\`\`js
import { env, pipeline } from '@huggingface/transformers';

env.allowRemoteModels = false; // Files that you serve yourself, below env.localModelPath.
const classify = await pipeline('image-classification', 'NAME_OF_THIS_FOLDER', { dtype: 'fp32' });
${photoLines(respectExif)}
console.log(await classify(photo));
\`\`\``;
