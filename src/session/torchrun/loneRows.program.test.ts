/** How the programs that train elsewhere part a batch. Skipped by name without Debian's PyTorch. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { python, pythonHas } from '../../testing/python';

const PROGRAMS = fileURLToPath(new URL('python', import.meta.url));
const hasTorch = pythonHas('torch', 'torchvision', 'PIL');

interface Ask {
  network: string;
  count: number;
  ranks: number;
  microBatch: number | null;
  norms: 'parts' | 'sync';
  size: number;
  dropLast: boolean;
}

const ASK: Ask = {
  network: 'resnet18',
  count: 64,
  ranks: 2,
  microBatch: null,
  norms: 'parts',
  size: 32,
  dropLast: false,
};

/** What is said of batches of 16 that train all norms, or null. */
const REFUSALS = `import json, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from types import SimpleNamespace as Of
import fastai_recipe
import torch
from training import refuse_lone_rows
models = {name: fastai_recipe.network(name, 3) for name in ("resnet18", "resnet18-fastai")}
def refusal(ask):
    model = models[ask["network"]]
    norms = [name for name, module in model.named_modules() if isinstance(module, torch.nn.modules.batchnorm._BatchNorm)]
    options = Of(norms=ask["norms"], micro_batch=ask["microBatch"])
    job = Of(splits={"train": range(ask["count"])}, options=options, model=model, ranks=Of(world=ask["ranks"]))
    stage = {"norms": norms, "dropLast": ask["dropLast"]}
    try:
        refuse_lone_rows(job, {"name": "baseline", "size": ask["size"], "batchSize": 16, "stages": [stage]})
    except SystemExit as refused:
        return str(refused)
print(json.dumps([refusal(ask) for ask in json.loads(sys.argv[2])]))`;

test.runIf(hasTorch)('a process with one photo to normalise is refused beforehand (needs python3-torch)', () => {
  const lone = (batch: number) => expect.stringContaining(`baseline: a batch of ${batch} photos leaves a process one`);
  const cases: [Partial<Ask>, unknown][] = [
    // Of the last nine, the second rank has one.
    [{ count: 73 }, lone(9)],
    [{ count: 73, network: 'resnet18-fastai', size: 64 }, lone(9)],
    [{ ranks: 16 }, lone(16)],
    [{ microBatch: 7 }, lone(16)],
    [{ count: 5, ranks: 4 }, lone(5)],
    // Maps of more than a pixel have values enough; so have a last batch left out, and statistics over all ranks.
    [{ count: 73, size: 64 }, null],
    [{ count: 73, dropLast: true }, null],
    [{ count: 73, norms: 'sync' }, null],
    [{ count: 73, ranks: 3 }, null],
    [{}, null],
  ];
  const asks = cases.map(([changes]) => ({ ...ASK, ...changes }));
  expect(python(REFUSALS, PROGRAMS, JSON.stringify(asks))).toEqual(cases.map(([, said]) => said));
});
