/**
 * ONNX, opset 17, IR 8, which every runtime since 2022 reads: `pixel_values` [batch, 3, height, width] → `logits` [batch, K],
 * any number of photos of any size. Messages and their numbers: onnx/onnx.proto.
 */
import { EPSILON } from '../kernels/batchNorm/batchNorm';
import type { HostState } from '../nn/state';
import { toTorchFilter, torchShape } from '../io/torchLayout';
import { type Encoded, floatField, integerField, message, nestedField, textField } from '../io/protobuf';
import type { OnnxOptions } from './meta';
import { foldNorms } from './foldNorms';
import { type GraphNode, graphOf } from './graph';
import { type ExportedModel, metadataOf, normalizationOf } from './model';

const OPSET = 17;
const IR_VERSION = 8;
/** TensorProto.DataType */
const FLOAT = 1;
/** AttributeProto.AttributeType */
const ATTRIBUTE = { float: 1, int: 2, ints: 7 } as const;

/** Probabilities are a softmax of the logits, which are divided by the temperature first where there is one. */
export function toOnnx(model: ExportedModel, { normalization, norms, output }: OnnxOptions): Blob {
  const { arch, classes, view, temperature } = model;
  const { graph, tensors } = (norms === 'folded' ? foldNorms : keepNorms)(graphOf(arch), model.state.tensors);
  const out = new GraphWriter(tensors);
  const normalizes = normalization === 'inside' && view.normalize === true;
  // What the graph calls its images is what comes in, normalised where it is.
  if (normalizes) {
    const { mean, std } = normalizationOf(view);
    out.tensor('mean', [1, 3, 1, 1], Float32Array.from(mean));
    out.tensor('std', [1, 3, 1, 1], Float32Array.from(std));
    out.node('Sub', 'centered', ['pixel_values', 'mean']);
    out.node('Div', graph.input, ['centered', 'std']);
  }
  const rename = (name: string): string => {
    if (name === graph.input && !normalizes) return 'pixel_values';
    return name === graph.output ? 'logits' : name;
  };
  for (const node of graph.nodes) out.add(node, rename);
  if (output === 'probabilities') {
    if (temperature !== null) {
      out.tensor('temperature', [], Float32Array.of(temperature));
      out.node('Div', 'calibrated', ['logits', 'temperature']);
    }
    const from = temperature === null ? 'logits' : 'calibrated';
    out.node('Softmax', 'probabilities', [from], [intAttribute('axis', 1)]);
  }

  const metadata = { ...metadataOf(model), normalization: `${normalization} the graph` };
  const bytes = message(
    integerField(1, IR_VERSION),
    textField(2, 'FixRes Studio'),
    nestedField(
      7,
      message(
        out.nodes.flat(),
        textField(2, arch),
        out.initializers.flat(),
        nestedField(11, valueInfo('pixel_values', ['batch', 3, 'height', 'width'])),
        nestedField(12, valueInfo(output, ['batch', classes.length])),
      ),
    ),
    nestedField(8, message(textField(1, ''), integerField(2, OPSET))),
    ...Object.entries(metadata).map(([key, value]) => nestedField(14, message(textField(1, key), textField(2, value)))),
  );
  return new Blob([...bytes], { type: 'application/octet-stream' });
}

const keepNorms: typeof foldNorms = (graph, tensors) => ({ graph, tensors });

/** Collects nodes and the tensors that they name. */
class GraphWriter {
  readonly nodes: Encoded[] = [];
  readonly initializers: Encoded[] = [];

  constructor(private readonly tensors: HostState['tensors']) {}

  /** NodeProto. */
  node(op: string, name: string, inputs: readonly string[], attributes: readonly Encoded[] = []): void {
    const fields = message(
      ...inputs.map((input) => textField(1, input)),
      textField(2, name),
      textField(3, name),
      textField(4, op),
      ...attributes.map((attribute) => nestedField(5, attribute)),
    );
    this.nodes.push(nestedField(1, fields));
  }

  /** TensorProto. */
  tensor(name: string, shape: readonly number[], values: Float32Array<ArrayBuffer>): void {
    const fields = message(
      ...shape.map((size) => integerField(1, size)),
      integerField(2, FLOAT),
      textField(8, name),
      nestedField(9, [new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]),
    );
    this.initializers.push(nestedField(5, fields));
  }

  add(node: GraphNode, rename: (name: string) => string): void {
    const name = rename(node.name);
    const inputs = node.inputs.map(rename);
    switch (node.op) {
      case 'conv': {
        const keys = this.parameters(node.layer, node.bias ? ['weight', 'bias'] : ['weight']);
        const window = windowAttributes(node.kernel, node.stride, node.pad);
        return this.node('Conv', name, [...inputs, ...keys], [...window, intAttribute('group', node.groups)]);
      }
      case 'norm': {
        const keys = this.parameters(node.layer, ['weight', 'bias', 'running_mean', 'running_var']);
        return this.node('BatchNormalization', name, [...inputs, ...keys], [floatAttribute('epsilon', EPSILON)]);
      }
      case 'relu':
        return this.node('Relu', name, inputs);
      case 'add':
        return this.node('Add', name, inputs);
      case 'maxPool':
        return this.node('MaxPool', name, inputs, windowAttributes(node.kernel, node.stride, node.pad));
      case 'globalAveragePool':
      case 'globalMaxPool':
        this.node(node.op === 'globalMaxPool' ? 'GlobalMaxPool' : 'GlobalAveragePool', `${name}.map`, inputs);
        return this.node('Flatten', name, [`${name}.map`], [intAttribute('axis', 1)]);
      case 'concat':
        return this.node('Concat', name, inputs, [intAttribute('axis', 1)]);
      case 'linear': {
        const keys = this.parameters(node.layer, node.bias ? ['weight', 'bias'] : ['weight']);
        return this.node('Gemm', name, [...inputs, ...keys], [intAttribute('transB', 1)]);
      }
      default:
        return node satisfies never;
    }
  }

  /** A layer's tensors in torch's layout. @returns Their names. */
  private parameters(layer: string, parts: readonly string[]): string[] {
    return parts.map((part) => {
      const key = `${layer}.${part}`;
      const { shape, values } = this.tensors.get(key)!;
      this.tensor(key, torchShape(shape), shape.length === 4 ? toTorchFilter(values, shape) : values);
      return key;
    });
  }
}

/** ValueInfoProto of floats; text names a dimension that is free. */
function valueInfo(name: string, shape: readonly (number | string)[]): Encoded {
  const dims = shape.map((size) =>
    nestedField(1, typeof size === 'number' ? integerField(1, size) : textField(2, size)),
  );
  const tensor = message(integerField(1, FLOAT), nestedField(2, message(...dims)));
  return message(textField(1, name), nestedField(2, nestedField(1, tensor)));
}

const attribute = (name: string, kind: keyof typeof ATTRIBUTE, ...value: readonly Encoded[]): Encoded =>
  message(textField(1, name), ...value, integerField(20, ATTRIBUTE[kind]));
const intAttribute = (name: string, value: number) => attribute(name, 'int', integerField(3, value));
const floatAttribute = (name: string, value: number) => attribute(name, 'float', floatField(2, value));
const intsAttribute = (name: string, values: readonly number[]) =>
  attribute(name, 'ints', ...values.map((value) => integerField(8, value)));

const windowAttributes = (kernel: number, stride: number, pad: number): Encoded[] => [
  intsAttribute('kernel_shape', [kernel, kernel]),
  intsAttribute('strides', [stride, stride]),
  intsAttribute('pads', [pad, pad, pad, pad]),
];
