/**
 * A folder as timm and the Hugging Face Hub keep networks: `timm.create_model('local-dir:DIR', pretrained=True)`. The size to
 * test at has a place of its own there, `test_input_size`. Keys: timm/models/_hub.py and _pretrained.py; the ResNets have
 * torchvision's names in timm, too.
 */
import { StudioError } from '../base/errors';
import { hasFastaiHead, trunkOf } from '../models/meta';
import { modelOf } from '../models/registry';
import { weightsToSafetensors } from '../train/checkpoint';
import { type ExportedModel, type Exporter, jsonFile, metadataOf, normalizationOf, textFile } from './model';
import { modelCard } from './modelCard';

export const timm: Exporter = (model) => {
  refuseWhatTimmCannotSay(model);
  const { arch, classes, view, trainSize, metadata } = model;
  const { resize, crop, filter = 'bilinear', squish = false } = view;
  const { mean, std } = normalizationOf(view);
  const share = cropShare(resize, crop);
  const config = {
    architecture: trunkOf(arch),
    num_classes: classes.length,
    num_features: modelOf(arch).featureChannels,
    global_pool: 'avg',
    label_names: classes,
    pretrained_cfg: {
      architecture: trunkOf(arch),
      input_size: [3, trainSize ?? crop, trainSize ?? crop],
      test_input_size: [3, crop, crop],
      fixed_input_size: false,
      crop_pct: share,
      test_crop_pct: share,
      crop_mode: squish ? 'squash' : 'center',
      interpolation: filter,
      mean,
      std,
      num_classes: classes.length,
      pool_size: [pooledSide(trainSize ?? crop), pooledSide(trainSize ?? crop)],
      first_conv: 'conv1',
      classifier: 'fc',
      ...(metadata['license'] && { license: metadata['license'] }),
    },
  };
  return [
    jsonFile('config.json', config),
    { path: 'model.safetensors', blob: weightsToSafetensors(model, metadataOf(model)) },
    textFile('README.md', modelCard(model, { library: 'timm', usage: usageOf(model) })),
  ];
};

/** The trunk makes a map of a 32nd of the side. */
const pooledSide = (size: number) => Math.ceil(size / 32);

function refuseWhatTimmCannotSay({ arch, view }: ExportedModel): void {
  const refuse = (what: string) =>
    new StudioError('not-exportable', `timm cannot say what this network does: ${what}`, 'Export it as ONNX or .pth.');
  if (hasFastaiHead(arch)) throw refuse('its ResNets have one linear layer, and this one has fastai’s head');
  if (view.resize === 0) throw refuse('it resizes photos before it crops them, and these are cropped as they are');
}

/**
 * timm resizes to floor(crop / share): the shortest decimal number that gives back the resize.
 * Source: timm/data/transforms_factory.py, transforms_imagenet_eval.
 */
export function cropShare(resize: number, crop: number): number {
  for (let digits = 2; digits < 15; digits++) {
    const share = Number((crop / resize).toFixed(digits));
    if (share > 0 && Math.floor(crop / share) === resize) return share;
  }
  return crop / (resize + 0.5);
}

const usageOf = ({ view: { crop }, respectExif }: ExportedModel) => `\`\`\`python
import timm
from PIL import Image${respectExif ? ', ImageOps' : ''}

model = timm.create_model("local-dir:.", pretrained=True).eval()
config = timm.data.resolve_model_data_config(model, use_test_size=True)  # ${crop} px
transform = timm.data.create_transform(**config, is_training=False)
photo = ${respectExif ? 'ImageOps.exif_transpose(Image.open("photo.jpg"))' : 'Image.open("photo.jpg")'}.convert("RGB")
logits = model(transform(photo).unsqueeze(0))
\`\`\`

[timmx](https://pypi.org/project/timmx/) makes Core ML, LiteRT, TensorRT, ncnn and ExecuTorch files of this folder.`;
