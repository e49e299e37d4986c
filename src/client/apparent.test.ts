import { expect, test } from 'vitest';
import { apparentSize, shownShare, sizeAlike } from '../engine/analysis/apparentSize';
import { testView } from '../engine/experiments/views';
import type { ApparentSizes } from '../protocol/messages';
import {
  apparentDomain,
  apparentName,
  apparentRows,
  apparentSentence,
  apparentTable,
  apparentTicks,
  paperSentence,
} from './apparent';

const PHOTO = { width: 800, height: 600 };

function sizesOf(views: readonly { resize: number; crop: number }[]): ApparentSizes {
  const train = { kind: 'train', size: 224 } as const;
  const options = { draws: 20_000, seed: 1 };
  return {
    photos: 1,
    views: views.map((view) => ({
      ...view,
      shown: shownShare({ kind: 'eval', ...view }, [PHOTO]),
      apparent: apparentSize(train, { kind: 'eval', ...view }, [PHOTO], options),
    })),
    alike: sizeAlike(train, (size) => testView(size, 1.25), [PHOTO], { ...options, from: 32, to: 1024 }),
  };
}

const BLOG = sizesOf([
  { resize: 0, crop: 224 },
  { resize: 80, crop: 64 },
  { resize: 280, crop: 224 },
  { resize: 480, crop: 384 },
]);

test('the blog’s baseline shows things about twice as large, and the sentence says so', () => {
  expect(apparentSentence(BLOG)).toMatch(
    /^In the validation view: objects look 1\.9[5-8] times larger .* the opposite of what FixRes starts from.* Of the test resolutions 224 px shows them most alike \(0\.9[12] times; 24[45] px would undo the difference\)\. That view shows 10 % of a photo, the test resolutions 48 %\. From the sizes of 1 photo\.$/,
  );
});

test('curves lie on powers of two around all ratios, and hold all views', () => {
  const domain = apparentDomain(BLOG.views);
  expect(domain).toEqual([0.0625, 4]);
  expect(apparentTicks(domain)).toEqual([0.0625, 0.125, 0.25, 0.5, 1, 2, 4]);
  const rows = apparentRows(BLOG);
  const step = Math.log2(rows[1]!.ratio / rows[0]!.ratio);
  for (const [key] of BLOG.views.entries()) {
    const area = rows.reduce((sum, row) => sum + (row[String(key)] ?? 0) * step, 0);
    expect(area).toBeGreaterThan(97);
    expect(area).toBeLessThan(103);
  }
});

test('the table names each view and has the paper’s formula beside the draws', () => {
  const { rows } = apparentTable(BLOG);
  expect(rows.map(([name]) => name)).toEqual([
    'Validation, 224 px of the whole photo',
    '64 px of 80',
    '224 px of 280',
    '384 px of 480',
  ]);
  expect(apparentName(BLOG.views[1]!, 1)).toBe('64 px of 80');
  // 0.70824 x 280 / 224.
  expect(rows[2]!.at(-1)).toBe('0.885');
});

test('the paper’s figures stand beside what is measured', () => {
  expect(paperSentence(BLOG)).toMatch(
    /0\.28 to 1 of a photo’s side.* a third \(0\.32\) to 1\.14 times .* 0\.8 times on average \(0\.809\)\. Measured here, in the validation view: 0\.8\d to 3\.\d\d, on average 1\.9[5-8]\.$/,
  );
});
