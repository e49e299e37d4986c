/** The loader in a real browser: the same bytes in every batch, whoever decodes and however far the workers go. */
import { expect, test } from '@playwright/test';
import { openLoaderPage, type OpenedLoaderPage } from '../src/bench/loaderPage/open';
import type { EpochsAsk } from '../src/bench/loaderPage/words';
import { makeClassFolders } from './photos';

const ASK: Omit<EpochsAsk, 'kind'> = {
  workers: 1,
  size: 32,
  batchSize: 5,
  seed: 7,
  firstEpoch: 1,
  epochs: 2,
  warmUp: false,
  skipBatches: 0,
  pauseAfter: null,
  depth: 'resample',
  finish: 'planes',
  digest: true,
};

let opened: OpenedLoaderPage;
let expected: string[];
test.beforeAll(async () => {
  opened = await openLoaderPage(makeClassFolders());
  expected = await digests({});
});
test.afterAll(async () => {
  await opened.close();
});

async function digests(changes: Partial<EpochsAsk>): Promise<string[]> {
  const report = await opened.page.evaluate((ask) => window.loaderPage.epochs(ask), { ...ASK, ...changes });
  expect(report.unreadable).toEqual([]);
  return report.digests;
}

test('every batch differs from every other', () => {
  expect(expected).toHaveLength(2 * Math.ceil(33 / 5));
  expect(new Set(expected).size).toBe(expected.length);
});

for (const workers of [2, 4]) {
  test(`${workers} decode workers give the bytes that one gives`, async () => {
    expect(await digests({ workers })).toEqual(expected);
  });
}

for (const finish of ['rgba', 'view'] as const) {
  test(`workers that go as far as ${finish} give the bytes that the GPU makes of planes`, async () => {
    expect(await digests({ finish, workers: 2 })).toEqual(expected);
  });
}

for (const workers of [1, 2, 4]) {
  test(`a run that is paused and resumed gives the same bytes, decode workers: ${workers}`, async () => {
    expect(await digests({ workers, pauseAfter: 3 })).toEqual(expected);
  });
}

test('a run that goes on in the middle of an epoch gives the rest of the bytes', async () => {
  expect(await digests({ workers: 2, skipBatches: 3 })).toEqual(expected.slice(3));
  expect(await digests({ firstEpoch: 2, epochs: 1 })).toEqual(expected.slice(expected.length / 2));
});

test('another seed gives other bytes', async () => {
  expect(await digests({ seed: 8 })).not.toEqual(expected);
});
