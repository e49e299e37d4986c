/**
 * Convolutions in groups as convolutions of their own beside one another, for programs that know no groups: form (b) of a block
 * in the ResNeXt paper (Xie et al. 2017, figure 3), which computes the same.
 */
import type { HostState } from '../nn/state';
import type { GraphNode, NetworkGraph } from './graph';

type Tensors = HostState['tensors'];
type Conv = Extract<GraphNode, { op: 'conv' }>;

type HostTensor = Tensors extends Map<string, infer T> ? T : never;

const PARTS = ['weight', 'bias', 'running_mean', 'running_var'] as const;
/** Channels of a branch at least: narrower groups share one, whose filters are zero from group to group. */
const BRANCH_CHANNELS = 32;

/**
 * What leads to a convolution in groups channel by channel, back to the convolution before it, is split with it, so nothing has to
 * be cut from a map. `tensors` stays as it is.
 */
export function splitGroups(graph: NetworkGraph, tensors: Tensors): { graph: NetworkGraph; tensors: Tensors } {
  const split = new Map(tensors);
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  const replaced = new Map<string, readonly GraphNode[]>();
  for (const node of graph.nodes) {
    if (node.op !== 'conv' || node.groups === 1) continue;
    const chain = chainTo(node, byName);
    for (const { name } of chain) replaced.set(name, []);
    replaced.set(node.name, branchesOf(chain, node, split));
  }
  return {
    graph: { ...graph, nodes: graph.nodes.flatMap((node) => replaced.get(node.name) ?? [node]) },
    tensors: split,
  };
}

/** From the convolution before `grouped` on. */
function chainTo(grouped: Conv, byName: ReadonlyMap<string, GraphNode>): GraphNode[] {
  const chain: GraphNode[] = [];
  for (let node = byName.get(grouped.inputs[0]!)!; ; node = byName.get(node.inputs[0]!)!) {
    chain.unshift(node);
    if (node.op === 'conv' && node.groups === 1) return chain;
    if (node.op !== 'norm' && node.op !== 'relu') throw new Error(`${grouped.name} cannot be split: ${node.op}`);
  }
}

/** Nodes in the place of a convolution in groups and what leads to it; their tensors are added. */
function branchesOf(chain: readonly GraphNode[], grouped: Conv, tensors: Tensors): GraphNode[] {
  const [, , inGroup = 0, out = 0] = tensors.get(`${grouped.layer}.weight`)!.shape;
  const channels = inGroup * grouped.groups;
  const count = Math.max(1, Math.floor(channels / Math.max(inGroup, BRANCH_CHANNELS)));
  const nodes: GraphNode[] = [];
  const ends: string[] = [];
  for (let branch = 0; branch < count; branch++) {
    const of = (name: string) => `${name}.branch${branch}`;
    for (const [i, node] of chain.entries()) {
      const inputs = i === 0 ? node.inputs : node.inputs.map(of);
      if ('layer' in node) {
        slice(tensors, node.layer, {
          to: of(node.layer),
          from: (branch * channels) / count,
          channels: channels / count,
        });
        nodes.push({ ...node, name: of(node.name), inputs, layer: of(node.layer) });
      } else nodes.push({ ...node, name: of(node.name), inputs });
    }
    const layer = of(grouped.layer);
    slice(tensors, grouped.layer, { to: layer, from: (branch * out) / count, channels: out / count });
    const key = `${layer}.weight`;
    tensors.set(key, withoutGroups(tensors.get(key)!, grouped.groups / count));
    const name = count === 1 ? grouped.name : of(grouped.name);
    nodes.push({ ...grouped, name, inputs: grouped.inputs.map(of), layer, groups: 1 });
    ends.push(name);
  }
  return count === 1 ? nodes : [...nodes, { op: 'concat', name: grouped.name, inputs: ends }];
}

/** Some of a layer's output channels, which lie innermost in all its tensors, as a layer of their own. */
function slice(tensors: Tensors, layer: string, o: { to: string; from: number; channels: number }): void {
  for (const part of PARTS) {
    const tensor = tensors.get(`${layer}.${part}`);
    if (!tensor) continue;
    const all = tensor.shape.at(-1)!;
    const values = new Float32Array((tensor.values.length / all) * o.channels);
    for (let to = 0, from = o.from; to < values.length; to += o.channels, from += all)
      values.set(tensor.values.subarray(from, from + o.channels), to);
    tensors.set(`${o.to}.${part}`, { shape: [...tensor.shape.slice(0, -1), o.channels], values });
  }
}

/** Filters [K, K, CI / groups, CO] → [K, K, CI, CO], zero from group to group. */
function withoutGroups({ shape, values }: HostTensor, groups: number): HostTensor {
  const [kernel = 0, , inGroup = 0, out = 0] = shape;
  const outGroup = out / groups;
  const dense = new Float32Array(values.length * groups);
  for (let row = 0; row < kernel * kernel * inGroup; row++) {
    const [place, channel] = [Math.floor(row / inGroup), row % inGroup];
    for (let group = 0; group < groups; group++) {
      const from = row * out + group * outGroup;
      const to = ((place * groups + group) * inGroup + channel) * out + group * outGroup;
      dense.set(values.subarray(from, from + outGroup), to);
    }
  }
  return { shape: [kernel, kernel, inGroup * groups, out], values: dense };
}
