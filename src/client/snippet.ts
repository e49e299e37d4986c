/** Code that loads the weights and answers for a photo as the studio measured them: the same view, colours and classes. */
import { evalCropOf } from '../engine/experiments/baseline/meta';
import type { StudioConfig } from '../engine/experiments/meta';
import type { TestView } from '../protocol/weights';
import { loadingSnippet } from '../words/loadingSnippet';
import { chosenWeights } from './chosenWeights';
import type { StudioState } from './state';

/** Of the weights that are chosen for export; empty without any. */
export function snippetOf(state: StudioState): string {
  const chosen = chosenWeights(state);
  if (!chosen) return '';
  const { arch, classes, view, temperature } = chosen;
  const { respectExif } = view ?? state.config;
  return `import torch
from PIL import Image${respectExif ? ', ImageOps' : ''}
from torchvision import transforms as T
${loadingSnippet(arch, classes.length)}
model.eval()

classes = [
${classes.map((name) => `    ${pythonText(name)},`).join('\n')}
]
${view ? noteOf(view) : '# Nobody has said how these weights are tested: this view is that of the settings.\n'}view = T.Compose([
${viewLines(view ?? viewOfSettings(state.config))}
])
photo = ${respectExif ? 'ImageOps.exif_transpose(Image.open("photo.jpg"))' : 'Image.open("photo.jpg")'}.convert("RGB")
with torch.no_grad():
    shares = ${sharesOf(temperature)}
for share, name in sorted(zip(shares.tolist(), classes), reverse=True)[:5]:
    print(f"{share:6.1%}  {name}")
`;
}

const sharesOf = (temperature: number | null): string =>
  temperature === null
    ? 'model(view(photo)[None]).softmax(1)[0]'
    : `(model(view(photo)[None]) / ${temperature.toPrecision(6)}).softmax(1)[0]  # calibrated`;

const noteOf = ({ cacheSide }: TestView): string =>
  cacheSide > 0 ? `# Measured on copies of ${cacheSide} px: from the photos themselves shares differ a little.\n` : '';

function viewOfSettings(config: StudioConfig): TestView {
  const { evalResize: resize, filter, normalize, squish, respectExif, cacheSide } = config;
  return { resize, crop: evalCropOf(config), filter, normalize, squish, respectExif, cacheSide };
}

function viewLines({ resize, crop, filter, squish, normalize }: TestView): string {
  const side = squish ? `(${resize}, ${resize})` : String(resize);
  const how = filter === 'bicubic' ? ', T.InterpolationMode.BICUBIC' : '';
  return [
    ...(resize === 0 ? [] : [`T.Resize(${side}${how})`]),
    `T.CenterCrop(${crop})`,
    'T.ToTensor()',
    ...(normalize ? ['T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])'] : []),
  ]
    .map((line) => `    ${line},`)
    .join('\n');
}

/** As a Python string: JSON's escapes are Python's, too. */
const pythonText = (text: string): string => JSON.stringify(text);
