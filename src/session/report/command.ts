/** How to do it again in the terminal. */
import { PRESET_CONFIGS, PRESETS, type RunId, STUDIO_FIELDS, type StudioConfig } from '../../engine/experiments/meta';

const KEYS = Object.keys(STUDIO_FIELDS) as (keyof StudioConfig)[];
const same = (a: unknown, b: unknown): boolean => String(a) === String(b);

export const differencesFrom = (config: StudioConfig, base: StudioConfig): (keyof StudioConfig)[] =>
  KEYS.filter((key) => !same(config[key], base[key]));

/** The preset that the settings are nearest to, and what they change of it. */
export function commandOf(
  config: StudioConfig,
  { runs, seeds, opened }: { runs: readonly RunId[]; seeds: number; opened: boolean },
): string {
  const [preset] = [...PRESETS].sort(
    (a, b) => differencesFrom(config, PRESET_CONFIGS[a]).length - differencesFrom(config, PRESET_CONFIGS[b]).length,
  );
  const changed = differencesFrom(config, PRESET_CONFIGS[preset!]);
  return [
    'npm run headless -- --data PHOTOS --out RESULTS',
    `--preset ${preset}`,
    ...(opened ? ['--init WEIGHTS'] : []),
    `--steps ${runs.join(',')}`,
    ...(seeds > 1 ? [`--seeds ${seeds}`] : []),
    '--report',
    ...(changed.length > 0 ? [`--set ${changed.map((key) => `${key}=${String(config[key])}`).join(' ')}`] : []),
  ].join(' ');
}
