/** Settings of a folder's understanding that cannot be followed. */
import { parseEdits } from './edits';
import { CHOICE_HELP, CHOICE_KEYS, CHOICE_OPTIONS, type ChoiceKey, isChoiceKey } from './settings';
import type { Refusal } from './types';

/** What is wrong with the settings' own words; columns and files are looked for later. */
export function refuseSettings(settings: Readonly<Record<string, string>>): Refusal | null {
  for (const [key, value] of Object.entries(settings)) {
    if (!isChoiceKey(key))
      return { code: 'bad-setting', values: { key, value, options: CHOICE_KEYS.join(', '), unknown: 1 } };
    if (key === 'edits' && !parseEdits(value)) return badSetting(key, value.slice(0, 80), [CHOICE_HELP.edits]);
    const options = CHOICE_OPTIONS[key];
    if (options && !options.includes(value)) return badSetting(key, value, options);
  }
  return null;
}

export function badSetting(key: ChoiceKey, value: string, options: readonly string[]): Refusal {
  return { code: 'bad-setting', values: { key, value, options: options.join(', ') } };
}
