/** What the terminal's arguments are, as it is told to whoever asks or has written others. */
import { CHOICE_HELP, CHOICE_KEYS } from '../engine/dataset/settings';
import { PRESETS, RUNS, STEPS, STUDIO_FIELDS } from '../engine/experiments/meta';
import { MODEL_FORMATS, ONNX_CHOICES } from '../engine/exports/meta';
import { TORCHRUN } from './exportModels';

/** What can be said of a folder, a line a setting. */
const CHOICES = CHOICE_KEYS.map((key) => `                       ${key.padEnd(17)}${CHOICE_HELP[key]}`).join('\n');

/** The words that choose what the ONNX file is to be, those that exclude one another put together. */
export const onnxWords = (together: (words: readonly string[]) => string): string =>
  Object.values(ONNX_CHOICES)
    .map(({ options }) => together(Object.keys(options)))
    .join(', ');

export const USAGE = `Usage: npm run headless -- --data PATH --out DIR [options]
       npm run headless -- --predict PATH --weights FILE --out DIR [--set KEY=VALUE …]
       npm run headless -- --resume DIR
       npm run headless -- --inspect PATH [--set KEY=VALUE …]

  --data PATH        folder of photos, or a .zip, .tar or .tar.gz of one, or a Parquet file of Hugging Face's;
                     or --sample for the photos that the studio draws itself
  --out DIR          where metrics.json, weights.safetensors and predictions.csv go
  --preset NAME      ${PRESETS.join(', ')} (default ${PRESETS[0]})
  --init FILE        .safetensors or .pth weights to start from, or hub:OWNER/NAME for the Hugging Face Hub's
  --steps LIST       of ${RUNS.join(', ')} (default ${STEPS.join(',')}), or none
  --import DIR       results that train.py has written elsewhere, in the place of steps that were done there
  --seeds N          goes through the steps with so many seeds, one after the other: means and 95 % intervals
  --report           writes report.html, one page with every chart, table and setting
  --map              writes map.csv, the photos laid out by what the best weights see in them
  --export LIST      of ${MODEL_FORMATS.join(', ')}, or all; each goes into a folder of its name;
                     checkpoint: the last training with its optimiser, for torchvision's and timm's --resume;
                     ${TORCHRUN}: the run, to go on with PyTorch elsewhere
  --onnx LIST        what the ONNX file is to be: ${onnxWords((words) => words.join(' or '))}
  --engine NAME      chromium: the page in a browser (default); node: the same in Node, without a browser
  --prove            tries each exported file in its own program first; one that says something else fails
  --set KEY=VALUE …  settings: ${Object.keys(STUDIO_FIELDS).join(', ')}
                     and how the folder is understood:
${CHOICES}
  --predict PATH     what the weights say of a folder's photos, or of one: submission.csv and probabilities.csv
  --weights FILE     .safetensors or .pth weights to predict with, or hub:OWNER/NAME
  --sizes LIST       test sizes, px, over which probabilities are averaged; the weights' own unless given
  --resume DIR       goes on with what was begun with --out DIR, exactly where it was; with --engine in the other engine
  --inspect PATH     prints as JSON what is understood of a folder or of weights, and runs nothing`;
