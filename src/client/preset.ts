import { PRESET_CONFIGS, type PresetId, PRESETS, type StudioConfig } from '../engine/experiments/meta';

/** Which preset the settings are, to the last of them; null if they are one's own. */
export const presetOf = (config: StudioConfig): PresetId | null =>
  PRESETS.find((id) => JSON.stringify(PRESET_CONFIGS[id]) === JSON.stringify(config)) ?? null;
