/** How to do it again in the terminal. */
import type { DatasetSettings } from '../../engine/dataset/settings';
import { PRESET_CONFIGS, PRESETS, type RunId, STUDIO_FIELDS, type StudioConfig } from '../../engine/experiments/meta';
import { shellWord } from '../../words/format';

const KEYS = Object.keys(STUDIO_FIELDS) as (keyof StudioConfig)[];
const same = (a: unknown, b: unknown): boolean => String(a) === String(b);

export const differencesFrom = (config: StudioConfig, base: StudioConfig): (keyof StudioConfig)[] =>
  KEYS.filter((key) => !same(config[key], base[key]));

export interface Repeated {
  runs: readonly RunId[];
  seeds: number;
  /** Whether it began with opened weights. */
  opened: boolean;
  /** What a person has chosen of how the folder is understood; null: it is the sample. */
  understood: DatasetSettings | null;
}

/** The preset that the settings are nearest to, what they change of it, and how the folder was understood, for a POSIX shell. */
export function commandOf(config: StudioConfig, { runs, seeds, opened, understood }: Repeated): string {
  const [preset] = [...PRESETS].sort(
    (a, b) => differencesFrom(config, PRESET_CONFIGS[a]).length - differencesFrom(config, PRESET_CONFIGS[b]).length,
  );
  const changed = differencesFrom(config, PRESET_CONFIGS[preset!]).map((key) => `${key}=${String(config[key])}`);
  const chosen = Object.entries(understood ?? {}).map(([key, value]) => `${key}=${value}`);
  const pairs = [...chosen, ...changed].map(shellWord);
  return [
    `npm run headless -- ${understood ? '--data PHOTOS' : '--sample'} --out RESULTS`,
    `--preset ${preset}`,
    ...(opened ? ['--init WEIGHTS'] : []),
    `--steps ${runs.join(',')}`,
    ...(seeds > 1 ? [`--seeds ${seeds}`] : []),
    '--report',
    ...(pairs.length > 0 ? [`--set ${pairs.join(' ')}`] : []),
  ].join(' ');
}
