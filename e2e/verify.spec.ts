/** Exported weights of every preset, verified by PyTorch: the same classes from the same photos, whatever the view. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { expect, type Page, test } from '@playwright/test';
import type { PresetId, StudioConfig } from '../src/engine/experiments/meta';
import { PYTHON, pythonHas } from '../src/testing/python';
import { TINY_NETWORK } from '../src/testing/torchrun';
import made from '../src/testing/photos/photos.json' with { type: 'json' };
import { CLASSES, makeClassFolders, temporaryFolder } from './photos';
import { chooseFolder, expectState, goTo, onePage, openStudio, runDirectly, stateOf } from './studio';
import { resnet18Shapes, writeNoise } from './weights';

const hasTorch = pythonHas('torch', 'torchvision', 'PIL');
const FILES = { weights: 'weights.safetensors', metrics: 'metrics.json', predictions: 'predictions.csv' } as const;

test.skip(!hasTorch, `needs PyTorch and torchvision at ${PYTHON}`);
test.describe.configure({ mode: 'serial' });

const TINY: Partial<StudioConfig> = {
  arch: 'tiny18',
  batchSize: 8,
  epochs: 1,
  trainSize: 32,
  tuneEpochs: 1,
  tuneSize: 40,
};
const folder = makeClassFolders();
let page: Page;

onePage(async (opened) => {
  page = opened;
  addTurnedPhotos();
  await openStudio(page);
  await chooseFolder(page, folder);
});
test.beforeAll(() => {
  python = spawn(PYTHON, ['-c', PROGRAM]);
  python.stderr.on('data', (text) => (warnings += String(text)));
  replies = createInterface(python.stdout);
});
test.afterAll(() => void python.kill());

/** One of each EXIF orientation, to be validated on. */
function addTurnedPhotos(): void {
  const turned = made.photos.filter(({ name }) => name.startsWith('exif_'));
  expect(turned.length).toBeGreaterThan(6);
  for (const { name, file } of turned) writeFileSync(path.join(folder, 'val/disc', name), Buffer.from(file, 'base64'));
}

async function download(out: string): Promise<void> {
  await goTo(page, 'takehome');
  for (const [kind, name] of Object.entries(FILES)) {
    const started = page.waitForEvent('download');
    await page.getByTestId(`download-${kind}`).click();
    await (await started).saveAs(path.join(out, name));
  }
}

/** `verify_weights.py`, which knows the tests' network, too: once for every line of arguments, PyTorch being loaded once. */
const PROGRAM = `${TINY_NETWORK}
import contextlib, io, json, sys
sys.path.insert(0, "src/cli")
import verify_weights
verify_weights.TRUNKS += ("tiny18",)
for line in sys.stdin:
    sys.argv[1:] = json.loads(line)
    printed, status, refusal = io.StringIO(), 0, ""
    with contextlib.redirect_stdout(printed):
        try:
            verify_weights.main()
        except SystemExit as end:
            # As Python itself has it: words are said, and the status is 1.
            status, refusal = (1, end.code) if isinstance(end.code, str) else (end.code, "")
    report = json.loads(printed.getvalue()) if status == 0 else None
    print(json.dumps({"status": status, "report": report, "refusal": refusal}), flush=True)
`;

interface Verified {
  status: number;
  report: Record<string, unknown> | null;
  refusal: string;
}

let python: ChildProcessWithoutNullStreams;
let replies: Interface;
let warnings = '';

async function verify(out: string): Promise<Verified> {
  const reply = once(replies, 'line');
  python.stdin.write(`${JSON.stringify(['--data', folder, '--out', out])}\n`);
  const ended = once(python, 'exit').then(() => Promise.reject(new Error(`Python has ended: ${warnings}`)));
  ended.catch(() => undefined);
  const [line] = (await Promise.race([reply, ended])) as [string];
  expect(warnings).toBe('');
  return JSON.parse(line) as Verified;
}

async function expectVerified(): Promise<void> {
  expect(await stateOf(page, (s) => s.failure)).toBeNull();
  const out = temporaryFolder('verified');
  await download(out);
  const { status, refusal, report } = await verify(out);
  expect([status, refusal]).toEqual([0, '']);
  expect(report).toMatchObject({ sameClassShare: 1 });
  expect(report!['maxProbabilityDifference']).toBeLessThan(1e-4);
}

const CASES: [preset: PresetId, changes: Partial<StudioConfig>][] = [
  ['blog', {}],
  ['paper', { evalResize: 40 }],
  ['transfer', { evalResize: 40 }],
  ['fastai', { arch: 'tiny18-fastai', evalResize: 40 }],
  ['quick', { filter: 'bicubic', normalize: true, squish: true, respectExif: true, evalResize: 40 }],
];

for (const [preset, changes] of CASES) {
  test(`weights of the preset ${preset} are verified ${JSON.stringify(changes)}`, async () => {
    await page.evaluate(
      ({ id, config }) => {
        window.studio.applyPreset(id);
        window.studio.setConfig(config);
      },
      { id: preset, config: { ...TINY, ...changes } },
    );
    for (const run of ['baseline', 'finetune'] as const) await runDirectly(page, run);
    await expectVerified();
  });
}

test('weights of a whole ResNet-18 that were opened are verified', async () => {
  const file = path.join(temporaryFolder('noise'), 'noise.safetensors');
  writeFileSync(file, writeNoise(resnet18Shapes(CLASSES.length), { classes: JSON.stringify(CLASSES) }));
  await page.evaluate((config) => window.studio.setConfig({ ...config, arch: 'resnet18' }), TINY);
  await goTo(page, 'takehome');
  await page.getByTestId('weights-input').setInputFiles(file);
  await page.getByTestId('confirm').click();
  await expectState(page, (s) => s.weights?.arch).toBe('resnet18');
  await runDirectly(page, 'evaluate');
  await expectVerified();
});

test('what cannot be done as the studio did it is refused by name', async () => {
  const out = temporaryFolder('refused');
  writeFileSync(path.join(out, FILES.predictions), 'image_id,label,predicted,a,b\n');
  const view = { resize: 0, crop: 32, filter: 'bilinear', cacheSide: 256 };
  const metrics = { config: null, weights: { classes: ['a', 'b'] }, predictions: { view } };
  writeFileSync(path.join(out, FILES.metrics), JSON.stringify(metrics));
  const { status, refusal } = await verify(out);
  expect(status).toBe(1);
  expect(refusal).toContain('smaller copies of 256 px');
});
