/** Code that loads the weights and answers for a photo as the studio measured them: the same view, colours and classes. */
import { evalCropOf, type StudioConfig } from '../engine/experiments/meta';
import { loadingSnippet } from '../words/loadingSnippet';
import { bestEpoch } from './selectors';
import type { StudioState } from './state';

/** Shorter side before the crop, 0: none; the crop's side, px. */
interface TestView {
  resize: number;
  crop: number;
}

/** Of the weights that are chosen for export; empty without any. */
export function snippetOf(state: StudioState): string {
  const { weights } = state;
  if (!weights) return '';
  const { view, config, normalised } = measuredIn(state);
  return `import torch
from PIL import Image
from torchvision import transforms as T
${loadingSnippet(weights.arch, weights.classes.length)}
model.eval()

classes = [
${weights.classes.map((name) => `    ${pythonText(name)},`).join('\n')}
]
view = T.Compose([
${viewLines(view, config)}
    T.ToTensor(),${normalised ? `\n    T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),` : ''}
])
photo = Image.open("photo.jpg").convert("RGB")
with torch.no_grad():
    shares = model(view(photo)[None]).softmax(1)[0]
for share, name in sorted(zip(shares.tolist(), classes), reverse=True)[:5]:
    print(f"{share:6.1%}  {name}")
`;
}

/** The view that the weights were measured in last: their own where they have one, else that of the step they are of. */
function measuredIn({ weights, weightsSlot, exportSlot, baseline, finetune, config: present }: StudioState) {
  const tuned = (exportSlot === 'best' ? weightsSlot : exportSlot) === 'finetune' && bestEpoch(finetune) !== null;
  const config = (tuned ? finetune : baseline)?.config ?? present;
  const normalised = config.normalize && !(tuned && config.dropNormalization);
  const own = exportSlot === 'best' || exportSlot === weightsSlot ? weights?.view : null;
  const step = tuned ? tunedView(finetune!.size, config) : { resize: config.evalResize, crop: evalCropOf(config) };
  return { view: own ?? step, config, normalised };
}

function tunedView(size: number, { resizeRatio }: StudioConfig): TestView {
  return { resize: resizeRatio === 0 ? 0 : Math.floor(resizeRatio * size + 1e-9), crop: size };
}

function viewLines({ resize, crop }: TestView, { filter, squish }: StudioConfig): string {
  const interpolation = filter === 'bicubic' ? ', T.InterpolationMode.BICUBIC' : '';
  const side = squish ? `(${resize}, ${resize})` : String(resize);
  const lines = resize === 0 ? [] : [`    T.Resize(${side}${interpolation}),`];
  return [...lines, `    T.CenterCrop(${crop}),`].join('\n');
}

/** As a Python string: JSON's escapes are Python's, too. */
const pythonText = (text: string): string => JSON.stringify(text);
