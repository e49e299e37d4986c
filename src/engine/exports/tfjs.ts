/**
 * A TensorFlow.js layers model, which `tf.loadLayersModel` opens: images [N, H, W, 3], RGB in [0, 1], of any size → logits.
 * Beside it the same network as Teachable Machine's loader wants it, over the same weights. Format: Keras' functional model
 * as JSON, as tensorflowjs_converter writes it.
 */
import { EPSILON } from '../kernels/batchNorm/batchNorm';
import { labelOf } from '../models/meta';
import type { HostState } from '../nn/state';
import { type GraphNode, graphOf, type NetworkGraph } from './graph';
import {
  type ExportedFile,
  type ExportedModel,
  type Exporter,
  jsonFile,
  metadataOf,
  type Normalization,
  normalizationOf,
  textFile,
} from './model';
import { photoLines } from './photoLines';
import { splitGroups } from './splitGroups';

/** Browsers keep files of this size in their caches one by one. */
const SHARD_BYTES = 4 * 2 ** 20;
/** What the files are tested with. */
const TFJS_VERSION = '4.22.0';
/** Of running statistics, as Keras counts it. */
const KERAS_MOMENTUM = 0.9;
/** Lost in float32 beside any channel's variance. */
const NO_EPSILON = 1e-12;

export const tfjs: Exporter = (model) => {
  const { view, classes } = model;
  // TensorFlow.js's layers know no groups.
  const { graph, tensors } = splitGroups(graphOf(model.arch), model.state.tensors);
  const weights = groupOf('group1', networkWeights(graph, tensors));
  const network = { graph, tensors, weights };
  const plain = withInput(model, network, { name: 'input', normalization: normalizationOf(view) });
  const teachable = withInput(model, network, {
    name: 'teachable-machine-input',
    normalization: asTeachableMachineSees(normalizationOf(view)),
    probabilities: true,
  });
  return [
    jsonFile('model.json', plain.json),
    jsonFile('teachable-machine.json', teachable.json),
    ...[weights, plain.input, teachable.input].flatMap(({ files }) => files),
    jsonFile('labels.json', classes),
    jsonFile('metadata.json', {
      tfjsVersion: TFJS_VERSION,
      packageName: '@teachablemachine/image',
      labels: classes,
      imageSize: view.crop,
      userMetadata: metadataOf(model),
    }),
    textFile('README.md', readme(model)),
  ];
};

type Tensors = HostState['tensors'];

interface KerasLayer {
  class_name: string;
  name: string;
  config: Readonly<Record<string, unknown>>;
  inbound_nodes: readonly unknown[];
}

interface Weight {
  /** "layer/weight" */
  name: string;
  shape: readonly number[];
  values: Float32Array<ArrayBuffer>;
}

/** Weights that lie in files of their own, with their lines of the manifest. */
interface WeightGroup {
  files: readonly ExportedFile[];
  manifest: { paths: readonly string[]; weights: readonly object[] };
}

/** What the layers are made of. */
interface LayersNetwork {
  graph: NetworkGraph;
  tensors: Tensors;
  weights: WeightGroup;
}

function groupOf(name: string, weights: readonly Weight[]): WeightGroup {
  const all = new Blob(weights.map(({ values }) => values));
  const count = Math.ceil(all.size / SHARD_BYTES);
  const files = Array.from({ length: count }, (_, i) => ({
    path: `${name}-shard${i + 1}of${count}.bin`,
    blob: all.slice(i * SHARD_BYTES, (i + 1) * SHARD_BYTES, 'application/octet-stream'),
  }));
  const entries = weights.map((weight) => ({ name: weight.name, shape: weight.shape, dtype: 'float32' }));
  return { files, manifest: { paths: files.map(({ path }) => path), weights: entries } };
}

/** Photos come out of Teachable Machine's loader as bytes / 127 - 1. */
function asTeachableMachineSees({ mean, std }: Normalization): Normalization {
  const scale = 255 / 127;
  return { mean: mean.map((value) => value * scale - 1), std: std.map((value) => value * scale) };
}

/** The network behind a layer that normalises what comes in. */
function withInput(
  model: ExportedModel,
  { graph, tensors, weights }: LayersNetwork,
  o: { name: string; normalization: Normalization; probabilities?: boolean },
): { json: object; input: WeightGroup } {
  const { arch, classes, temperature } = model;
  const layers = new KerasGraph();
  layers.add('InputLayer', 'pixels', [], { batch_input_shape: [null, null, null, 3], dtype: 'float32' });
  layers.add('BatchNormalization', graph.input, ['pixels'], {
    ...normConfig(NO_EPSILON),
    center: false,
    scale: false,
    trainable: false,
  });
  for (const node of graph.nodes) addNode(layers, node, tensors);
  let { output } = graph;
  if (o.probabilities) {
    if (temperature !== null)
      output = layers.add('Rescaling', 'calibrated', [output], { scale: 1 / temperature, offset: 0 });
    output = layers.add('Activation', 'probabilities', [output], { activation: 'softmax' });
  }
  const input = groupOf(o.name, [
    vector(`${graph.input}/moving_mean`, o.normalization.mean),
    vector(
      `${graph.input}/moving_variance`,
      o.normalization.std.map((value) => value ** 2),
    ),
  ]);
  const config = {
    name: arch,
    layers: layers.layers,
    input_layers: [['pixels', 0, 0]],
    output_layers: [[output, 0, 0]],
  };
  return {
    input,
    json: {
      format: 'layers-model',
      generatedBy: 'FixRes Studio',
      convertedBy: null,
      modelTopology: {
        keras_version: '2.15.0',
        backend: 'tensorflow',
        model_config: { class_name: 'Functional', config },
      },
      weightsManifest: [input.manifest, weights.manifest],
      userDefinedMetadata: { ...metadataOf(model), classNames: classes },
    },
  };
}

class KerasGraph {
  readonly layers: KerasLayer[] = [];

  /** @returns The name. */
  add(kind: string, name: string, inputs: readonly string[], config: Readonly<Record<string, unknown>> = {}): string {
    const nodes = inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])];
    this.layers.push({ class_name: kind, name, config: { name, trainable: true, ...config }, inbound_nodes: nodes });
    return name;
  }

  /** A border of zeros. @returns Its name, or the input's where there is none. */
  pad(name: string, input: string, pad: number): string {
    if (pad === 0) return input;
    return this.add('ZeroPadding2D', `${name}.pad`, [input], {
      padding: [
        [pad, pad],
        [pad, pad],
      ],
      data_format: 'channels_last',
    });
  }
}

/** Keras pads at the end alone where a stride is 2, so the borders are layers of their own. */
function addNode(layers: KerasGraph, node: GraphNode, tensors: Tensors): void {
  const { name, inputs } = node;
  const [input = ''] = inputs;
  switch (node.op) {
    case 'conv': {
      const { kernel, stride, pad, layer, bias } = node;
      const [, , , filters] = tensors.get(`${layer}.weight`)!.shape;
      layers.add('Conv2D', name, [layers.pad(name, input, pad)], {
        filters,
        ...windowConfig('kernel_size', kernel, stride),
        dilation_rate: [1, 1],
        activation: 'linear',
        use_bias: bias,
      });
      return;
    }
    case 'norm':
      layers.add('BatchNormalization', name, inputs, { ...normConfig(EPSILON), center: true, scale: true });
      return;
    case 'relu':
      layers.add('Activation', name, inputs, { activation: 'relu' });
      return;
    case 'add':
      layers.add('Add', name, inputs);
      return;
    case 'maxPool':
      layers.add(
        'MaxPooling2D',
        name,
        [layers.pad(name, input, node.pad)],
        windowConfig('pool_size', node.kernel, node.stride),
      );
      return;
    case 'globalAveragePool':
      layers.add('GlobalAveragePooling2D', name, inputs, { data_format: 'channels_last' });
      return;
    case 'globalMaxPool':
      layers.add('GlobalMaxPooling2D', name, inputs, { data_format: 'channels_last' });
      return;
    case 'concat':
      layers.add('Concatenate', name, inputs, { axis: -1 });
      return;
    case 'linear': {
      const [units] = tensors.get(`${node.layer}.weight`)!.shape;
      layers.add('Dense', name, inputs, { units, activation: 'linear', use_bias: node.bias });
      return;
    }
    default:
      node satisfies never;
  }
}

const windowConfig = (what: 'kernel_size' | 'pool_size', size: number, stride: number) => ({
  [what]: [size, size],
  strides: [stride, stride],
  padding: 'valid',
  data_format: 'channels_last',
});

const normConfig = (epsilon: number) => ({ axis: -1, momentum: KERAS_MOMENTUM, epsilon });

/** Keras' names and layouts: filters HWIO as ours, linear weights [in, out]. */
function networkWeights({ nodes }: NetworkGraph, tensors: Tensors): Weight[] {
  const tensor = (layer: string, part: string) => tensors.get(`${layer}.${part}`)!;
  return nodes.flatMap((node): Weight[] => {
    switch (node.op) {
      case 'conv': {
        const kernel = { name: `${node.name}/kernel`, ...tensor(node.layer, 'weight') };
        return node.bias ? [kernel, { name: `${node.name}/bias`, ...tensor(node.layer, 'bias') }] : [kernel];
      }
      case 'norm':
        return [
          { name: `${node.name}/gamma`, ...tensor(node.layer, 'weight') },
          { name: `${node.name}/beta`, ...tensor(node.layer, 'bias') },
          { name: `${node.name}/moving_mean`, ...tensor(node.layer, 'running_mean') },
          { name: `${node.name}/moving_variance`, ...tensor(node.layer, 'running_var') },
        ];
      case 'linear': {
        const kernel = { name: `${node.name}/kernel`, ...transposed(tensor(node.layer, 'weight')) };
        return node.bias ? [kernel, { name: `${node.name}/bias`, ...tensor(node.layer, 'bias') }] : [kernel];
      }
      case 'relu':
      case 'add':
      case 'maxPool':
      case 'globalAveragePool':
      case 'globalMaxPool':
      case 'concat':
        return [];
      default:
        return node satisfies never;
    }
  });
}

function transposed({ shape, values }: Pick<Weight, 'shape' | 'values'>): Pick<Weight, 'shape' | 'values'> {
  const [rows = 0, columns = 0] = shape;
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = values[row * columns + column]!;
  }
  return { shape: [columns, rows], values: out };
}

const vector = (name: string, values: readonly number[]): Weight => ({
  name,
  shape: [values.length],
  values: Float32Array.from(values),
});

function readme({ arch, view, respectExif, classes }: ExportedModel): string {
  const { resize, crop, squish = false } = view;
  const first = squish ? `Resize both sides to ${resize} px` : `Resize the shorter side to ${resize} px`;
  const turned = respectExif ? 'Turn photos as their EXIF asks' : 'Take photos as stored, whatever their EXIF asks';
  const steps = `${turned}. ${resize === 0 ? 'Do not resize' : first}, then take the ${crop} px square in the middle`;
  const side = squish ? `[${resize}, ${resize}]` : '[image.width * scale, image.height * scale]';
  const scale =
    resize === 0 ? '  const scale = 1;\n' : `  const scale = ${resize} / Math.min(image.width, image.height);\n`;
  return `# A ${labelOf(arch)} for TensorFlow.js

It tells ${classes.length} classes apart; their names, in order, are in \`labels.json\`. ${steps}: that is how it was tested.

\`\`\`html
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@${TFJS_VERSION}"></script>
<script type="module">
  const model = await tf.loadLayersModel('model.json');
  const labels = await (await fetch('labels.json')).json();
  ${photoLines(respectExif).replaceAll('\n', '\n  ')}
  const image = await createImageBitmap(photo);
  // As it was tested, but for the smoothing, which is the browser's here.
  const canvas = Object.assign(document.createElement('canvas'), { width: ${crop}, height: ${crop} });
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
${squish ? '' : scale}  const [width, height] = ${side};
  context.drawImage(image, (${crop} - width) / 2, (${crop} - height) / 2, width, height);
  const pixels = tf.browser.fromPixels(canvas).div(255); // RGB in [0, 1]
  const logits = model.predict(pixels.expandDims());
  console.log(labels[logits.argMax(-1).dataSync()[0]], await logits.softmax().data());
</script>
\`\`\`

Teachable Machine's loader takes \`tmImage.load('teachable-machine.json', 'metadata.json')\`: the same network, for photos as
that loader gives them (turned by EXIF, resized to the crop, not cropped from a larger size), with probabilities.
`;
}
