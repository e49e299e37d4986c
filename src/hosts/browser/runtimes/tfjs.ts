/** Stock TensorFlow.js, on whichever of its backends is set. */
import { io, loadLayersModel, type Tensor, tensor4d } from '@tensorflow/tfjs';
import type { ExportFiles } from '../../../session/host';
import { fileOf, type OpenNetwork } from './runtime';

/** `json`: the file that is opened. It says where the weights are, as over the network. */
export async function openTfjs(files: ExportFiles, json = 'model.json'): Promise<OpenNetwork> {
  const load = async (): Promise<io.ModelArtifacts> => {
    const model = JSON.parse(await fileOf(files, json).text()) as io.ModelJSON;
    return io.getModelArtifactsForJSON(model, async (manifest) => {
      const specs = manifest.flatMap(({ weights }) => weights);
      const parts = manifest.flatMap(({ paths }) => paths.map((path) => fileOf(files, path)));
      return [specs, await new Blob(parts).arrayBuffer()];
    });
  };
  const model = await loadLayersModel({ load });
  return {
    run: async (images, [n, height, width]) => {
      const input = tensor4d(images, [n, height, width, 3]);
      const output = model.predict(input) as Tensor;
      const values = (await output.data()) as Float32Array;
      input.dispose();
      output.dispose();
      return values;
    },
    close: async () => void model.dispose(),
  };
}
