/**
 * The weights of an ONNX file: its initializers by name, where those are a state dict's keys, as in files of ours and in those
 * that PyTorch exports with its batch norms kept. The graph is not looked at. Messages and their numbers: onnx/onnx.proto.
 */
import { StudioError } from '../base/errors';
import { ELEMENT_TYPES, type ElementType, type FileTensor, fileTensor, MOST_AXES, rowMajorStrides } from './elements';
import { type FieldPlace, MessageReader } from './protobufReader';

/** TensorProto.DataType */
const TYPES: Readonly<Record<number, ElementType>> = {
  1: ELEMENT_TYPES.F32,
  7: ELEMENT_TYPES.I64,
  10: ELEMENT_TYPES.F16,
  11: ELEMENT_TYPES.F64,
  16: ELEMENT_TYPES.BF16,
};
/** Fields of ModelProto, GraphProto, TensorProto and StringStringEntryProto. */
const MODEL = { graph: 7, metadata: 14 } as const;
const GRAPH = { initializer: 5 } as const;
const TENSOR = { dims: 1, type: 2, floats: 4, name: 8, raw: 9, external: 13 } as const;
const ENTRY = { key: 1, value: 2 } as const;

const MOST_TENSORS = 20_000;
const MOST_NAME_BYTES = 1000;
const MOST_METADATA_BYTES = 8 * 2 ** 20;

export interface OnnxWeights {
  tensors: Map<string, FileTensor>;
  metadata: Record<string, string>;
}

/** How ONNX files begin: the IR's version, then who made them, or the graph, or the operators' versions. */
// oxlint-disable-next-line no-control-regex -- what such files begin with
export const isOnnx = (head: string): boolean => /^\x08[\x01-\x20][\x12\x3a\x42]/.test(head);

/** @throws StudioError `bad-weights`, saying what is wrong. Nothing of a tensor is read before it is asked for. */
export async function readOnnxFile(file: Blob): Promise<OnnxWeights> {
  const reader = new MessageReader(file);
  const tensors = new Map<string, FileTensor>();
  const metadata: Record<string, string> = {};
  for await (const field of reader.fields(reader.whole)) {
    if (field.number === MODEL.metadata) {
      const [key, value] = await entryOf(reader, field);
      metadata[key] = value;
    }
    if (field.number !== MODEL.graph) continue;
    for await (const { number, ...place } of reader.fields(field)) {
      if (number !== GRAPH.initializer) continue;
      const named = await tensorOf(reader, { number, ...place });
      // Constants of the graph have no names like this; layers' tensors do.
      if (named && named.name.includes('.')) tensors.set(named.name, named.tensor);
      if (tensors.size > MOST_TENSORS) throw broken(`has more than ${MOST_TENSORS} tensors`);
    }
  }
  if (![...tensors.keys()].some((name) => name.endsWith('.running_var'))) {
    throw new StudioError(
      'bad-weights',
      'The file is an ONNX file without batch norms by name: they are folded, or it is another network',
      'Open the .pth or .safetensors that it was made of.',
    );
  }
  return { tensors, metadata };
}

async function entryOf(reader: MessageReader, entry: FieldPlace): Promise<[string, string]> {
  if (entry.end - entry.start > MOST_METADATA_BYTES) throw broken('has more metadata than a file has use for');
  let [key, value] = ['', ''];
  for await (const field of reader.fields(entry)) {
    if (field.number === ENTRY.key) key = await reader.text(field);
    if (field.number === ENTRY.value) value = await reader.text(field);
  }
  return [key, value];
}

/** Null for tensors of kinds that no network of ours has. */
async function tensorOf(
  reader: MessageReader,
  place: FieldPlace,
): Promise<{ name: string; tensor: FileTensor } | null> {
  const shape: number[] = [];
  let name = '';
  let type: ElementType | undefined;
  let data: FieldPlace | null = null;
  for await (const field of reader.fields(place)) {
    if (field.number === TENSOR.dims) shape.push(...(await reader.integers(field, MOST_AXES)));
    else if (field.number === TENSOR.type) type = TYPES[field.value ?? 0];
    else if (field.number === TENSOR.name) {
      if (field.end - field.start > MOST_NAME_BYTES) throw broken('has a tensor whose name has no end');
      name = await reader.text(field);
    } else if (field.number === TENSOR.raw || field.number === TENSOR.floats) data = field;
    else if (field.number === TENSOR.external) throw broken('keeps its weights in another file');
  }
  if (!type || !data) return null;
  if (shape.length > MOST_AXES) throw broken(`has a tensor of more than ${MOST_AXES} axes: ${name}`);
  const bytes = shape.reduce((product, size) => product * size, type.bytes);
  if (bytes !== data.end - data.start)
    throw broken(`has ${data.end - data.start} bytes for ${name} [${shape.join(', ')}], which takes ${bytes}`);
  const storage = reader.file.slice(data.start, data.end);
  return { name, tensor: fileTensor(storage, type, { shape, strides: rowMajorStrides(shape), offset: 0 }) };
}

const broken = (what: string) => new StudioError('bad-weights', `The ONNX file ${what}`, 'Export it again.');
