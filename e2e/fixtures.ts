/** What the page can look like, as states that are put into it past the worker: no run is waited for. */
import type { Page } from '@playwright/test';
import type { StageId, StudioState } from '../src/client/state';
import type { StepId, StudioConfig } from '../src/engine/experiments/meta';
import type { Predicted } from '../src/protocol/trials';
import type { ShownView } from '../src/protocol/photos';
import { qualityOf } from '../src/testing/quality';
import { seedStudy } from '../src/testing/seeds';
import { GOOD, keptOf, NOTHING_LEARNED, storyState } from '../src/testing/story';

export interface Fixture {
  name: string;
  state: Partial<StudioState>;
  /** On which it looks like no other. */
  stages: readonly StageId[];
}

/** Every stage's tabs, the first one first. */
export const TABS: Record<StageId, readonly string[]> = {
  photos: ['views', 'photos', 'copies'],
  baseline: ['accuracy', 'loss', 'epochs', 'seeds', 'log', 'setup'],
  sweep: ['accuracy', 'classes', 'curves', 'activations', 'apparent', 'table', 'seeds'],
  finetune: [
    'result',
    'accuracy',
    'loss',
    'epochs',
    'seeds',
    'classes',
    'calibration',
    'suspects',
    'confusions',
    'changes',
    'log',
  ],
  takehome: ['try', 'use'],
  runs: ['runs', 'sizes', 'epochs', 'losses', 'activations'],
  experiments: ['chart'],
};
const STAGES = Object.keys(TABS) as StageId[];

const PROGRESS = {
  run: 'baseline',
  phase: 'training',
  epoch: 5,
  epochs: 10,
  batch: 60,
  batches: 268,
  size: 224,
  imagesPerSecond: 114.2,
  epochSecondsLeft: 90,
  runSecondsLeft: 1020,
  fraction: 0.43,
} as const;

/** The machine is known, so that nothing is measured meanwhile. */
const NOTHING: Partial<StudioState> = {
  dataset: null,
  opening: null,
  speed: { flopsPerSecond: 2e12, blogSeconds: 9000, loadingBound: false },
  run: { state: 'idle', run: null },
  progress: null,
  lrFinder: null,
  baseline: null,
  sweep: null,
  finetune: null,
  experiments: {},
  kept: [],
  weights: null,
  trying: null,
  tried: null,
  imported: null,
  plan: null,
  failure: null,
  settingsOpen: false,
  queueOpen: false,
  queue: { runs: [], going: false },
  seeds: null,
  tabs: {},
};

const half = storyState({ baseline: GOOD.baseline.slice(0, 4) });
const running: Partial<StudioState> = {
  ...half,
  baseline: { ...half.baseline!, ended: 'running', seconds: null },
  run: { state: 'running', run: 'baseline' },
  progress: PROGRESS,
};
const failed = {
  code: 'gpu-error' as const,
  message: 'The GPU ran out of memory in layer3.5.conv2',
  hint: 'Use a smaller batch, or close other pages that use the GPU.',
};
const none = storyState({ baseline: [] });

export const FIXTURES = {
  beforePhotos: { name: 'before photos', state: {}, stages: STAGES },
  withPhotos: {
    name: 'with photos',
    state: { ...storyState({}), plan: longPlan() },
    stages: ['photos', 'baseline', 'sweep', 'takehome'],
  },
  five: {
    name: 'five classes',
    state: { ...storyState(GOOD), kept: keptOf(GOOD), tried: triedOf(5), seeds: seedStudy([42, 43, 44]) },
    stages: STAGES,
  },
  many: {
    name: '120 classes, long names',
    state: { ...storyState({ ...GOOD, classes: 120, longNames: true }), kept: keptOf(GOOD), tried: triedOf(120, true) },
    stages: ['photos', 'sweep', 'finetune', 'takehome'],
  },
  nothingLearned: {
    name: 'nothing learned',
    state: storyState(NOTHING_LEARNED),
    stages: ['baseline', 'sweep', 'finetune'],
  },
  running: { name: 'running', state: running, stages: ['photos', 'baseline', 'takehome'] },
  paused: { name: 'paused', state: { ...running, run: { state: 'paused', run: 'baseline' } }, stages: ['baseline'] },
  stopped: {
    name: 'stopped before an epoch',
    state: {
      ...none,
      baseline: { ...none.baseline!, ended: 'stopped', lastStep: null, series: { stride: 1, points: [] } },
    },
    stages: ['baseline', 'sweep'],
  },
  failed: {
    name: 'failed',
    state: {
      ...half,
      baseline: { ...half.baseline!, ended: 'failed', error: failed },
      failure: { during: 'running', error: failed, fatal: false },
    },
    stages: ['baseline'],
  },
} as const satisfies Record<string, Fixture>;

/** Photos that were tried, some of which could not be read, with long names where asked. */
function triedOf(classes: number, long = false): Predicted {
  const names = Array.from({ length: classes }, (_, k) => `Class ${k}${long ? ' with all its qualifications' : ''}`);
  const photos = Array.from({ length: 300 }, (_, i) => ({
    path: `new/photo ${i}.jpg`,
    imageId: `photo ${i}${long ? ' of a very long walk in the fields' : ''}.jpg`,
  }));
  const shareOf = (row: number, k: number) => (k === row % classes ? 0.9 : 0.1 / (classes - 1));
  return {
    trial: 1,
    weights: 'fine-tuning at 384 px, epoch 3',
    madeAt: '2026-03-01T13:00:00Z',
    classes: names,
    views: [
      {
        resize: 480,
        crop: 384,
        filter: 'bilinear',
        normalize: true,
        squish: false,
        respectExif: true,
        cacheSide: 0,
      },
    ],
    viewIsGuessed: false,
    temperature: 1.25,
    photos,
    probabilities: Float32Array.from({ length: 300 * classes }, (_, i) =>
      shareOf(Math.floor(i / classes), i % classes),
    ),
    unreadable: [{ path: 'torn.jpg', reason: 'torn.jpg could not be read: its data are cut off' }],
    others: 2,
    unlike: {
      distances: Float32Array.from({ length: 300 }, (_, i) => i / 300),
      threshold: 0.9,
      share: 0.95,
      trainCount: 1000,
      validationCount: 500,
    },
    unlikeRefused: null,
    seconds: 12,
  };
}

function longPlan(): StudioState['plan'] {
  const plan = {
    steps: 2680,
    images: 171_180,
    memoryBytes: 3.6e9,
    microBatch: 32,
    seconds: 65_000,
    refusal: null,
    losses: 0,
  };
  return { run: 'baseline', plan, quickSeconds: 410 };
}

/** Shows a fixture's stage. What the last one left is gone. Its state, which takes a while to come over, is kept by the page. */
export async function show(page: Page, fixture: Fixture, stage: StageId, tab?: string): Promise<void> {
  const key = `fixture ${fixture.name}`;
  if (!(await page.evaluate((name) => name in window, key))) {
    const all = { ...NOTHING, ...fixture.state };
    await page.evaluate(([name, state]) => void Object.assign(window, { [name]: state }), [key, all] as const);
  }
  await page.evaluate(
    ([name, shown]) => {
      const state = (window as unknown as Record<string, Partial<StudioState>>)[name];
      window.studio.store.setState({ ...state, ...shown });
    },
    [key, { stage, tabs: tab ? { [stage]: tab } : {} }] as const,
  );
  await settled(page);
  await page.getByTestId(`stage-${stage}`).waitFor();
}

/** What is chosen is drawn, and charts have measured their frame, which they do before they draw. */
export async function settled(page: Page): Promise<void> {
  const drawn = page.locator('main:not([aria-busy="true"])', {
    hasNot: page.locator('[data-testid="picture"][aria-busy="true"]'),
  });
  await drawn.waitFor();
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let frames = 4;
        const next = () => (--frames === 0 ? resolve() : void requestAnimationFrame(next));
        requestAnimationFrame(next);
      }),
  );
}

/** Of the photos that answers are made up for, whatever the fixture's classes. */
const CLASSES_SAID = 5;

/** What the worker would answer, had it the photos: views of one colour, and predictions of which two of three are right. */
export async function answerForWorker(page: Page): Promise<void> {
  const labels = Array.from({ length: 300 }, (_, i) => i % CLASSES_SAID);
  const said = (step: StepId, size: number, seed: number) => {
    const predictions = labels.map((label, i) => ((i * seed) % 7 < 4 ? label : (label + seed) % CLASSES_SAID));
    return { step, resize: size, size, predictions, quality: qualityOf(labels, predictions, CLASSES_SAID) };
  };
  const steps = [said('baseline', 224, 1), said('sweep', 384, 2), said('finetune', 384, 3)];
  await page.evaluate(
    (answers) => {
      const { studio } = window;
      studio.answers = () =>
        Promise.resolve({
          labels: Int32Array.from(answers.labels),
          steps: answers.steps.map((step) => ({ ...step, predictions: Int32Array.from(step.predictions) })),
          changes: [],
        });
      const canvas = new OffscreenCanvas(8, 6);
      canvas.getContext('2d')!.fillRect(0, 0, 8, 6);
      const photo = canvas.convertToBlob();
      studio.photo = async ({ index }) => ({ blob: await photo, imageId: `leaf_${index}.jpg`, label: '' });
      studio.photoColumns = () =>
        Promise.resolve({
          counts: { train: 0, validation: answers.labels.length, test: 0 },
          labels: Int32Array.from(answers.labels),
          problems: Uint16Array.from(answers.labels, (_, i) => (i % 50 === 0 ? 1 : 0)),
          check: null,
          map: {
            step: 'finetune' as const,
            resize: 384,
            size: 384,
            seconds: 12,
            photos: Int32Array.from(answers.labels.keys()),
            places: Float32Array.from(
              answers.labels.flatMap((label, i) => [
                3 * Math.cos(label) + Math.cos(i),
                3 * Math.sin(label) + Math.sin(i),
              ]),
            ),
          },
          chosen: 2,
          measured: answers.steps.map(({ step, size, predictions }) => ({
            step: step === 'finetune' ? 'finetune' : 'baseline',
            size,
            resize: size,
            linearHead: true,
            predictions: Int32Array.from(predictions),
            losses: Float32Array.from(predictions, (_, i) => (i % 30) / 10),
            confidences: Float32Array.from(predictions, (_, i) => 0.2 + (i % 8) / 10),
          })),
        });
      studio.apparentAccuracy = () =>
        Promise.resolve({
          known: true,
          photos: 2134,
          views: [64, 128, 224, 384, 480].map((size, i) => ({
            size,
            resize: Math.round(1.14 * size),
            bins: [0.5, 0.8, 1.2, 1.7].map((ratio, k) => ({
              from: (0.9 * ratio * size) / 224,
              to: (1.1 * ratio * size) / 224,
              ratio: (ratio * size) / 224,
              count: 533,
              correct: 300 + 20 * i + 30 * k,
            })),
          })),
        });
      const shown = (size: number): ShownView => ({
        size,
        rgba: new Uint8ClampedArray(4 * size * size).fill(140),
        scale: 0.42,
        outline: [
          [20, 20],
          [420, 20],
          [420, 320],
          [20, 320],
        ],
      });
      studio.seenPhotos = () =>
        Promise.resolve({
          batchSize: 64,
          trainSize: 224,
          photos: Array.from({ length: 3 }, (_, i) => {
            const rgba = new Uint8ClampedArray(4 * 224 * 224).fill(90 + 20 * i);
            const label = studio.store.getState().dataset?.classes[i % 5]?.name ?? '';
            return { size: 224, rgba, imageId: `leaf_00${i}.jpg`, label };
          }),
        });
      studio.triedPhoto = () =>
        Promise.resolve({
          view: { size: 384, rgba: new Uint8ClampedArray(4 * 384 * 384).fill(140) },
          map: { width: 12, height: 12, values: Float32Array.from({ length: 144 }, (_, i) => (i % 12) - 3) },
        });
      studio.views = ({ config }: { config: StudioConfig }) =>
        Promise.resolve({
          imageId: 'leaf_000.jpg',
          label: studio.store.getState().dataset?.classes[0]?.name ?? '',
          width: 800,
          height: 600,
          photo: shown(400),
          train: Array.from({ length: 6 }, () => shown(config.trainSize)),
          test: [config.evalCrop || config.trainSize, ...config.sweepSizes].map(shown),
        });
    },
    { labels, steps },
  );
}
