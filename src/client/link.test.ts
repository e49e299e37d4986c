import { expect, test } from 'vitest';
import { parseStudioConfig, PRESET_CONFIGS } from '../engine/experiments/meta';
import { configOfLink, linkOf } from './link';

test('a link carries what differs from the defaults, and nothing else', () => {
  const config = parseStudioConfig({ epochs: 3, sweepSizes: [32, 64], normalize: true });
  const link = linkOf(config, 'http://localhost:4173/#old');
  expect(link).toBe('http://localhost:4173/#set?normalize=true&epochs=3&sweepSizes=32%2C64');
  expect(configOfLink(new URL(link).hash)).toEqual({ config, unknown: [] });
  for (const preset of Object.values(PRESET_CONFIGS))
    expect(configOfLink(new URL(linkOf(preset, 'http://x/')).hash)?.config).toEqual(preset);
});

test('what is not understood is left out and named; what is no link is none', () => {
  const { config, unknown } = configOfLink('#set?epochs=-3&lr=0.5&__proto__=1&toString=x&colour=<b>')!;
  expect(config).toEqual(parseStudioConfig({ lr: 0.5 }));
  expect([...unknown].sort()).toEqual(['__proto__', 'colour', 'epochs', 'toString']);
  expect(configOfLink('#stage')).toBeNull();
  expect(configOfLink('')).toBeNull();
  expect(configOfLink(`#set?lr=${'9'.repeat(9000)}`)).toBeNull();
});
