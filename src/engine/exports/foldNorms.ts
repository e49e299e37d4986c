/** Batch norms as parts of the convolutions before them: what evaluation computes, in fewer layers. */
import { EPSILON } from '../kernels/batchNorm/batchNorm';
import type { HostState } from '../nn/state';
import type { NetworkGraph } from './graph';

type Tensors = HostState['tensors'];

/** Norms that follow something else, as in fastai's head, stay. Sums are done in float64; `tensors` stays as it is. */
export function foldNorms(graph: NetworkGraph, tensors: Tensors): { graph: NetworkGraph; tensors: Tensors } {
  const folded = new Map(tensors);
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  for (const norm of graph.nodes) {
    const conv = nodes.get(norm.inputs[0]!);
    if (norm.op !== 'norm' || conv?.op !== 'conv') continue;
    const of = (part: string) => tensors.get(`${norm.layer}.${part}`)!.values;
    const [gamma, beta, mean, variance] = [of('weight'), of('bias'), of('running_mean'), of('running_var')];
    const scale = Float64Array.from(gamma, (value, c) => value / Math.sqrt(variance[c]! + EPSILON));
    const { shape, values } = tensors.get(`${conv.layer}.weight`)!;
    // HWIO: output channels lie innermost.
    const weight = new Float32Array(values.length);
    for (let i = 0, c = 0; i < values.length; i++, c = c + 1 === scale.length ? 0 : c + 1)
      weight[i] = values[i]! * scale[c]!;
    const bias = beta.map((value, c) => value - mean[c]! * scale[c]!);
    folded.set(`${conv.layer}.weight`, { shape, values: weight });
    folded.set(`${conv.layer}.bias`, { shape: [bias.length], values: bias });
    nodes.delete(conv.name);
    // In the norm's place and under its name, so that what reads it need not know.
    nodes.set(norm.name, { ...conv, name: norm.name, bias: true });
  }
  return { graph: { ...graph, nodes: [...nodes.values()] }, tensors: folded };
}
