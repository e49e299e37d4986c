/** Settings that outlive the page, in localStorage. What cannot be read is left out, never an error. */
import { PRESET_CONFIGS, parseStudioConfig, type StudioConfig } from '../engine/experiments/meta';

const CONFIG_KEY = 'fixres-studio.config';

export function loadConfig(): StudioConfig {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(CONFIG_KEY) ?? '{}');
    return parseStudioConfig(stored as Record<string, unknown>);
  } catch {
    // Written by an older version, by hand, or storage is blocked: the defaults are always right.
    return PRESET_CONFIGS.blog;
  }
}

/** Whether settings were chosen on an earlier visit. */
export function hasStoredConfig(): boolean {
  try {
    return localStorage.getItem(CONFIG_KEY) !== null;
  } catch {
    return false;
  }
}

export function saveConfig(config: StudioConfig): void {
  try {
    localStorage.setItem(CONFIG_KEY, JSON.stringify(config));
  } catch {
    // Storage is full or blocked: the settings hold for this visit.
  }
}
