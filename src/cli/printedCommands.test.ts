/** Commands that the studio prints are taken by the terminal. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseStudioConfig, PRESET_CONFIGS } from '../engine/experiments/meta';
import { commandOf } from '../session/report/command';
import { readme } from '../session/torchrun/readme';
import { parseHeadlessOptions, parseInspectOptions, parsePredictOptions, parseResume } from './headlessOptions';

const folder = mkdtempSync(path.join(tmpdir(), 'fixres-printed-'));
for (const name of ['PHOTOS', 'results', 'DIR', 'DATA']) mkdirSync(path.join(folder, name));
for (const name of ['WEIGHTS', 'FILE']) writeFileSync(path.join(folder, name), '');
afterAll(() => rmSync(folder, { recursive: true }));

const taken = (command: string): object => {
  const args = command.replace(/^npm run headless -- /, '').split(' ');
  return (
    parseInspectOptions(args, folder) ??
    parsePredictOptions(args, folder) ??
    parseResume(args, folder) ??
    parseHeadlessOptions(args, folder)
  );
};

/** Those in backticks that nothing is left out of. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/`(npm run headless -- [^`…]+)`/g)].map(([, command]) => command!);

test('in the README of a run that is handed over', () => {
  const text = readme({
    config: parseStudioConfig({}),
    arch: 'resnet18',
    dataset: { name: 'leaves', classes: [], trainCount: 2, validationCount: 1, testCount: 0 },
    left: ['sweep'],
    begun: null,
  });
  expect(commandsIn(text).map(taken)).toMatchObject([{ imports: path.join(folder, 'results'), runs: [] }]);
});

test('in a report', () => {
  const config = { ...PRESET_CONFIGS.paper, sweepSizes: [32, 64], lr: 1e-7 };
  const asked = { runs: ['baseline', 'sweep'] as const, seeds: 3, opened: true, understood: { labelColumn: 'dx' } };
  expect(taken(commandOf(config, asked))).toMatchObject({
    preset: 'paper',
    runs: asked.runs,
    settings: { sweepSizes: '32,64', lr: '1e-7' },
    dataset: asked.understood,
  });
});

test('in RESULTS.md', () => {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../RESULTS.md'), 'utf8');
  const commands = commandsIn(text);
  expect(commands.length).toBeGreaterThan(5);
  for (const command of commands) expect(() => taken(command), command).not.toThrow();
});
