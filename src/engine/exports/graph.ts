/**
 * A network as a graph of standard layers, for formats that say what is computed and not only with which weights. Nodes come
 * in an order in which they can be run; dropout, which does nothing in evaluation, has none.
 */
import { type Architecture, hasFastaiHead } from '../models/meta';
import type { ConvLayer, SplitPoint } from '../models/model';
import { modelOf } from '../models/registry';

/** `name` is also that of what comes out; weights lie under torchvision's keys that begin with `layer`. */
export type GraphNode = { name: string; inputs: readonly string[] } & (
  | { op: 'conv'; layer: string; kernel: number; stride: number; pad: number; groups: number; bias: boolean }
  /** Over the channels, by running statistics. */
  | { op: 'norm'; layer: string }
  | { op: 'relu' | 'add' }
  /** After a ReLU: a border of zeros changes nothing. */
  | { op: 'maxPool'; kernel: number; stride: number; pad: number }
  /** [N, H, W, C] → [N, C] */
  | { op: 'globalAveragePool' | 'globalMaxPool' }
  /** Of channels. */
  | { op: 'concat' }
  | { op: 'linear'; layer: string; bias: boolean }
);

export interface NetworkGraph {
  /** The name of what goes in: normalised images. */
  input: string;
  nodes: readonly GraphNode[];
  /** The name of the logits. */
  output: string;
}

export function graphOf(arch: Architecture): NetworkGraph {
  const input = 'images';
  const nodes: GraphNode[] = [];
  const add = (node: GraphNode): string => {
    nodes.push(node);
    return node.name;
  };
  const convolved = ({ name, norm, kernel, stride, pad, groups }: ConvLayer, from: string): string => {
    add({ op: 'conv', name, layer: name, inputs: [from], kernel, stride, pad, groups, bias: false });
    return add({ op: 'norm', name: norm, layer: norm, inputs: [name] });
  };
  const rectified = (name: string, from: string) => add({ op: 'relu', name, inputs: [from] });

  const [stem, ...rest] = modelOf(arch).convs as [ConvLayer, ...ConvLayer[]];
  let x = rectified('relu', convolved(stem, input));
  x = add({ op: 'maxPool', name: 'maxpool', inputs: [x], kernel: 3, stride: 2, pad: 1 });
  for (const [block, layers] of blocksOf(rest)) {
    const shortcut = layers.find((layer) => layer.shortcut);
    const convs = layers.filter((layer) => layer !== shortcut);
    const last = convs.pop()!;
    let y = x;
    for (const conv of convs) y = rectified(`${conv.name}.relu`, convolved(conv, y));
    y = convolved(last, y);
    const residual = shortcut ? convolved(shortcut, x) : x;
    x = rectified(`${block}.relu`, add({ op: 'add', name: `${block}.add`, inputs: [y, residual] }));
  }
  return { input, nodes, output: head(arch, add, x) };
}

function head(arch: Architecture, add: (node: GraphNode) => string, map: string): string {
  const mean = add({ op: 'globalAveragePool', name: 'avgpool', inputs: [map] });
  if (!hasFastaiHead(arch)) return add({ op: 'linear', name: 'fc', layer: 'fc', inputs: [mean], bias: true });
  const largest = add({ op: 'globalMaxPool', name: 'maxpool.head', inputs: [map] });
  const pooled = add({ op: 'concat', name: 'head.0', inputs: [largest, mean] });
  const normed = add({ op: 'norm', name: 'head.2', layer: 'head.2', inputs: [pooled] });
  const hidden = add({ op: 'linear', name: 'head.4', layer: 'head.4', inputs: [normed], bias: false });
  const active = add({ op: 'relu', name: 'head.5', inputs: [hidden] });
  const again = add({ op: 'norm', name: 'head.6', layer: 'head.6', inputs: [active] });
  return add({ op: 'linear', name: 'head.8', layer: 'head.8', inputs: [again], bias: false });
}

/** Convolutions by the residual block that they belong to, "layer1.0". */
function blocksOf(layers: readonly ConvLayer[]): Map<SplitPoint, ConvLayer[]> {
  const blocks = new Map<SplitPoint, ConvLayer[]>();
  for (const layer of layers) blocks.set(layer.block!, [...(blocks.get(layer.block!) ?? []), layer]);
  return blocks;
}
