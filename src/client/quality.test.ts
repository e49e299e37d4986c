import { expect, test } from 'vitest';
import { stepQuality } from '../engine/analysis/stepQuality';
import {
  balancedSentence,
  calibrationSentence,
  metricsTable,
  reliabilityRows,
  reliabilityTable,
  suspectNote,
  suspectsSentence,
} from './quality';

const NAMES = ['rust', 'blight'];
/** Always 88.1 % sure; right on three of four. */
const quality = stepQuality({
  logits: Float32Array.of(2, 0, 2, 0, 0, 2, 2, 0),
  labels: [0, 0, 1, 1],
  classes: 2,
});

test('how sure stands beside how right', () => {
  const rows = reliabilityRows(quality);
  expect(rows).toEqual([{ label: '87 to 93 %', confidence: expect.closeTo(88.08, 2), accuracy: 75, photos: 4 }]);
  expect(reliabilityTable(rows)).toMatchObject({
    rows: [['87 to 93 %', 4, '88.1 %', '75.0 %']],
    data: { rows: [['87 to 93 %', 4, expect.closeTo(88.08, 2), 75]] },
  });
  expect(calibrationSentence(quality)).toBe(
    'It is surer than it is right: confidence and accuracy differ by 13.1 % on average (expected calibration error, 15 bins). Logits divided by 1.82, fitted on these very photos, bring that to 0.0 %.',
  );
  for (const calibratedEce of [0.0658, 0.07]) {
    const calibration = { ...quality.calibration, temperature: 0.92, ece: 0.0662, calibratedEce };
    expect(calibrationSentence({ ...quality, calibration })).toBe(
      'Confidence and accuracy differ by 6.6 % on average (expected calibration error, 15 bins). No temperature helps: 0.92, fitted on these very photos, does not bring that down.',
    );
  }
});

test('classes count alike, and each has its figures', () => {
  expect(balancedSentence(quality)).toBe(
    'Every class counted alike: balanced accuracy 75.0 % (95 % interval 36.4 to 95.3 %), macro F1 73.3 % (25.8 to 96.7 %).',
  );
  expect(metricsTable(quality, NAMES).rows).toEqual([
    ['rust', 2, '66.7 % (20.8 to 93.9 %)', '100.0 % (34.2 to 100.0 %)', '80.0 % (34.4 to 96.8 %)'],
    ['blight', 2, '100.0 % (20.7 to 100.0 %)', '50.0 % (9.5 to 90.5 %)', '66.7 % (17.3 to 95.0 %)'],
  ]);
});

test('a suspected label is told with what the photo looks like, and with doubt', () => {
  expect(quality.suspects.map(({ index }) => index)).toEqual([3]);
  expect(suspectNote(quality.suspects[0]!, NAMES)).toBe('blight → rust, 11.9 % sure of the label');
  expect(suspectsSentence(quality)).toMatch(/^1 label of 4 validation photos may be wrong .* look before you change/);
  expect(suspectsSentence({ ...quality, suspects: [] })).toBe('No label of the 4 validation photos is suspected.');
});
