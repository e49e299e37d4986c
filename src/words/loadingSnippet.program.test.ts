import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { initialHostState } from '../engine/nn/state';
import { stateSpecs } from '../engine/models/registry';
import { weightsToSafetensors } from '../engine/train/checkpoint';
import { addSafetensors, pythonHas, pythonPrograms } from '../testing/python';
import { loadingSnippet } from './loadingSnippet';

const hasTorch = pythonHas('torch', 'torchvision', 'PIL');
const folder = mkdtempSync(path.join(tmpdir(), 'fixres-snippet-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What holds of the loaded `model` besides that all keys are there. */
const CHECKS = `
import torch
from verify_weights import load_model
photos = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
with torch.no_grad():
    difference = (model.eval()(photos) - load_model(ARCH, 3, "weights.safetensors")(photos)).abs().max()
print(float(difference))
`;

test.skipIf(!hasTorch)(
  'the lines shown load networks strictly, with either head (needs PyTorch at /usr/bin/python3)',
  async () => {
    const classes = ['rust', 'blight', 'healthy'];
    addSafetensors(folder);
    const programs: string[] = [];
    for (const arch of ['resnet18', 'resnet18-fastai'] as const) {
      const state = initialHostState(stateSpecs(arch, classes.length), 7);
      const file = weightsToSafetensors({ arch, classes, state }, {});
      const name = `${arch}.safetensors`;
      writeFileSync(path.join(folder, name), Buffer.from(await file.arrayBuffer()));
      const program = `${loadingSnippet(arch, classes.length)}\n${CHECKS.replace('ARCH', JSON.stringify(arch))}`;
      programs.push(program.replaceAll('weights.safetensors', name));
    }
    const differences = pythonPrograms(folder, programs);
    expect(differences).toHaveLength(2);
    for (const difference of differences) expect(Number(difference)).toBeLessThan(1e-5);
  },
  60_000,
);
