/** A file of weights, known by its content: tensors by name, whoever wrote them; what is none is refused as what it is. */
/* oxlint-disable no-control-regex -- control characters are what such files begin with */
import { StudioError } from '../base/errors';
import type { FileTensor } from './elements';
import { isOnnx, readOnnxFile } from './onnxFile';
import { readSafetensors } from './safetensors';
import { isTorchFile, openTorchFile, readTorchMetadata } from './torchFile';
import { readZip } from './zip';

export interface WeightsFile {
  tensors: Map<string, FileTensor>;
  metadata: Readonly<Record<string, string>>;
  /** Where in the file they were, and where else there are such. */
  place: string;
  others: readonly string[];
}

/** Bytes that tell what a file is. */
const HEAD_BYTES = 1024;

const SAVE_HINT = 'Save the state dict: torch.save(model.state_dict(), "weights.pth").';
const READ_HINT = 'The studio reads ResNets as .safetensors, PyTorch’s .pth, .onnx and timm’s folder in a .zip.';
const PAGE = 'a page to give away, which answers for photos by itself';

/** What people take for weights, by how it begins. */
const STRANGERS: readonly [beginning: RegExp, what: string, hint: string][] = [
  [
    /^version https:\/\/git-lfs/,
    'a Git LFS pointer: the file itself was not downloaded',
    'Get it with "git lfs pull", or download the file from the repository’s page.',
  ],
  [/^<!doctype html>[^]*<meta name="generator" content="FixRes Studio">/, PAGE, READ_HINT],
  [
    /^\s*<(!doctype|html|head|\?xml)/i,
    'a web page, not a file of weights',
    'Download the file itself, not the page about it.',
  ],
  [/^\x89HDF/, 'an HDF5 file, as Keras writes them', READ_HINT],
  [/^[\s\S]{4}TFL3/, 'a TensorFlow Lite file', READ_HINT],
  [/^GGUF/, 'a GGUF file, a language model’s', READ_HINT],
  [/^\x93NUMPY/, 'a NumPy array', SAVE_HINT],
  [/^(7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd)/, 'an archive of a kind that is not read', 'Unpack it first.'],
  [/^\x1f\x8b/, 'a gzip archive', 'Unpack it, and open the weights in it.'],
  [/^(\xff\xd8|\x89PNG|GIF8|RIFF)/, 'a photo', 'Photos are opened as a folder.'],
  [/^%PDF/, 'a PDF', SAVE_HINT],
  [
    /^\s*[[{]\s*["{[\]}]/,
    'text (JSON), not weights',
    'Open the file that holds the tensors, model.safetensors for one.',
  ],
];

/** @throws StudioError `bad-weights`, saying what the file is or what is wrong with it. */
export async function openWeightsFile(file: Blob): Promise<WeightsFile> {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const head = String.fromCharCode(...bytes);
  if (file.size === 0)
    throw new StudioError('bad-weights', 'The file is empty: 0 bytes; a header length takes 8', 'Download it again.');
  const stranger = STRANGERS.find(([beginning]) => beginning.test(head));
  if (stranger) throw new StudioError('bad-weights', `The file is ${stranger[1]}`, stranger[2]);
  if (head.startsWith('PK\x03\x04')) {
    const inner = await innerFile(file);
    if (inner) return openWeightsFile(inner);
  }
  if (isOnnx(head)) return { ...(await readOnnxFile(file)), place: '', others: [] };
  if (await isTorchFile(file)) {
    const { names, ...opened } = await openTorchFile(file);
    const own = await readTorchMetadata(file);
    return { ...opened, metadata: names && !own['classes'] ? { ...own, classes: JSON.stringify(names) } : own };
  }
  if (/^\x80[\x02-\x05]/.test(head)) {
    throw new StudioError(
      'bad-weights',
      'The file is a plain Python pickle, which torch.save did not write',
      SAVE_HINT,
    );
  }
  const { tensors, metadata } = await readSafetensors(file);
  return { tensors, metadata, place: '', others: [] };
}

/** The one file of weights in an archive that torch.save did not write. Undefined where it did. */
async function innerFile(file: Blob): Promise<Blob | undefined> {
  const entries = await readZip(file, { deflated: true });
  const names = [...entries.keys()];
  if (names.some((name) => /(^|\/)constants\.pkl$/.test(name)) && names.some((name) => /(^|\/)code\//.test(name))) {
    throw new StudioError(
      'bad-weights',
      'The file is TorchScript (torch.jit.save), a program with its weights',
      "Save its state dict: python3 -c \"import torch; torch.save(torch.jit.load('OLD.pt', map_location='cpu').state_dict(), 'NEW.pth')\"",
    );
  }
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return undefined;
  const other = otherModel(names);
  if (other) throw new StudioError('bad-weights', `The file is ${other}`, READ_HINT);
  const [inner, ...more] = weightsIn(names);
  if (inner === undefined) {
    if (names.some((name) => /\.(jpe?g|png|webp)$/i.test(name)))
      throw new StudioError(
        'bad-weights',
        'The file is an archive of photos',
        'Rename it to end in .zip, and open it as photos.',
      );
    const arrays = names.some((name) => name.endsWith('.npy'));
    const what = arrays
      ? 'an archive of NumPy arrays (.npz)'
      : 'an archive without weights: it has no data.pkl, so torch.save did not write it';
    throw new StudioError('bad-weights', `The file is ${what}`, SAVE_HINT);
  }
  if (more.length > 0) {
    throw new StudioError(
      'bad-weights',
      `The archive holds several files of weights: ${[inner, ...more].slice(0, 5).join(', ')}`,
      'Unpack it, and open one of them.',
    );
  }
  return entries.get(inner)!.open();
}

/** What else an archive's files are, whose weights nobody should look for in it. */
function otherModel(names: readonly string[]): string | undefined {
  if (names.includes('model.weights.h5')) return 'a Keras model, whose weights are TensorFlow’s';
  const holds = (name: RegExp) => names.some((one) => name.test(one));
  if (!holds(/(^|\/)model\.json$/) || !holds(/\.bin$/)) return undefined;
  return holds(/\.html$/) ? PAGE : 'a TensorFlow.js model';
}

/** An ONNX file is a last resort: beside others it was made of them. */
function weightsIn(names: readonly string[]): string[] {
  const own = names.filter((name) => !name.startsWith('__MACOSX/'));
  const weights = own.filter((name) => /\.(pth|pt|bin|ckpt|tar|safetensors)$/i.test(name));
  return weights.length > 0 ? weights : own.filter((name) => /\.onnx$/i.test(name));
}
