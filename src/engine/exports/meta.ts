/** The formats that networks leave in: what the page and the terminal must know of them, without their code. */

export interface ExportMeta {
  label: string;
  /** What it is good for, in a line. */
  purpose: string;
  /** Name of the file that is handed out; several files go as a zip archive. */
  fileName: string;
}

export const EXPORTS = {
  pth: {
    label: 'PyTorch',
    purpose: 'A state dict with torchvision’s names, for torch.load(weights_only=True).',
    fileName: 'model.pth',
  },
  timm: {
    label: 'timm folder',
    purpose: 'For timm and the Hugging Face Hub; timmx makes Core ML, LiteRT and TensorRT files of it.',
    fileName: 'timm.zip',
  },
  onnx: {
    label: 'ONNX',
    purpose: 'For ONNX Runtime on servers, desktops and phones; it normalises photos itself.',
    fileName: 'model.onnx',
  },
  transformers: {
    label: 'transformers.js folder',
    purpose: 'For pipeline("image-classification") in JavaScript.',
    fileName: 'transformers.zip',
  },
  tfjs: {
    label: 'TensorFlow.js',
    purpose: 'For web pages: tf.loadLayersModel, and Teachable Machine’s loader.',
    fileName: 'tfjs.zip',
  },
  page: {
    label: 'A page to give away',
    purpose: 'One HTML file that answers for photos in any browser, without a network, and the same as a small site.',
    fileName: 'page.zip',
  },
} as const satisfies Readonly<Record<string, ExportMeta>>;

/** What an ONNX file may be, the first of each unless somebody chooses. */
export const ONNX_CHOICES = {
  output: {
    label: 'It answers with',
    options: { logits: 'raw logits', probabilities: 'probabilities, calibrated where a temperature is known' },
  },
  normalization: {
    label: 'Photos are normalised',
    options: { inside: 'by the file itself', outside: 'by whoever calls it' },
  },
  norms: {
    label: 'Batch norms',
    options: { kept: 'are kept, to be trained on', folded: 'are folded into convolutions: smaller and quicker' },
  },
} as const;

export type OnnxOptions = { readonly [K in keyof typeof ONNX_CHOICES]: keyof (typeof ONNX_CHOICES)[K]['options'] };
export const ONNX_DEFAULTS: OnnxOptions = { output: 'logits', normalization: 'inside', norms: 'kept' };

export type ModelFormat = keyof typeof EXPORTS;
export const MODEL_FORMATS = Object.keys(EXPORTS) as readonly ModelFormat[];
