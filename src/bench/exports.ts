/**
 * `npm run bench -- exports [ARCH …]`: every export's logits beside the engine's, photos of three sizes by one and by three, each
 * file opened by the programs that it is made for. Prints JSON; exit code 1 where a logit differs by more than it may.
 */
import { installStock } from '../engine/check/stockResNet';
import { openGpu } from '../engine/gpu/device';
import { type Architecture, ARCHITECTURES } from '../engine/models/meta';
import { nodeBackend } from '../hosts/node/gpu';
import { pythonHas } from '../testing/python';
import { BATCHES, differences, findWasm, MOST, type Row } from '../testing/runtimes';
import { head } from './report';
import { significant } from './statistics';

const USUAL: readonly Architecture[] = ['resnet18', 'resnet50', 'resnet101', 'resnext50_32x4d', 'resnet50-fastai'];

export async function main(args: readonly string[]): Promise<number> {
  const wrong = args.find((arg) => !(ARCHITECTURES as readonly string[]).includes(arg));
  if (wrong !== undefined) {
    console.error(`"${wrong}" is no network.\nUsage: npm run bench -- exports [${USUAL.join('] [')}]`);
    return 2;
  }
  findWasm();
  const backend = await nodeBackend();
  installStock(await openGpu(navigator.gpu));
  if (!pythonHas('torch', 'torchvision'))
    console.error('PyTorch is not there: apt-get install python3-torch python3-torchvision');
  const rows: Row[] = [];
  for (const arch of args.length > 0 ? (args as readonly Architecture[]) : USUAL) {
    for await (const row of differences(backend, arch, true)) {
      const [largestLogit, difference] = [significant(row.largestLogit), significant(row.largestDifference)];
      rows.push({ ...row, largestLogit, largestDifference: difference });
      console.error(`${row.arch}, ${row.format} by ${row.runtime}: ${row.largestDifference.toPrecision(2)}`);
    }
  }
  console.log(JSON.stringify({ ...head('exports', args, backend.gpu.report), batches: BATCHES, rows }, null, 2));
  return rows.every((row) => row.largestDifference < MOST) ? 0 : 1;
}
