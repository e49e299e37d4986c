/** One setting, drawn from its description: label, why, unit, range, reset. */
import { ActionIcon, Select, Switch, Text, TextInput, Tooltip } from '@mantine/core';
import { IconRotate } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { type Field, valueText } from '../../engine/base/config';
import { toErrorData } from '../../engine/base/errors';
import type { StudioConfig } from '../../engine/experiments/meta';
import { useStudio, useStudioState } from '../StudioContext';
import css from './settings.module.css';

interface Props {
  name: keyof StudioConfig;
  field: Field;
  disabled: boolean;
  /** Called with what the setting does, while it has the focus or the pointer. */
  onTell?: (why: string) => void;
}

export function FieldRow({ name, field, disabled, onTell }: Props) {
  const studio = useStudio();
  const value = useStudioState((s) => s.config[name]);
  const id = useId();
  /** What is being typed, and the value before it. */
  const [draft, setDraft] = useState<{ text: string; before: Field['default'] } | null>(null);
  const [error, setError] = useState<string | null>(null);

  function set(next: Field['default'] | null) {
    studio.setConfig({ [name]: next });
    setError(null);
  }

  /** Text that parses is taken at once, so that the plan follows the typing; of what is refused no beginning stays. */
  function type(text: string) {
    const before = draft?.before ?? value;
    setDraft({ text, before });
    try {
      set(text);
    } catch (thrown) {
      const { hint, message } = toErrorData(thrown);
      setError((hint ?? message).replace(name, field.label));
      studio.setConfig({ [name]: before });
    }
  }

  function reset() {
    setDraft(null);
    set(field.default);
  }

  const changed = String(value) !== String(field.default);
  const note = field.type === 'number' && field.zero !== undefined && value === 0 ? ` Now: ${field.zero}.` : '';
  const why = `${field.why}${note}`;
  const tell = () => onTell?.(`${field.label}: ${why}`);
  const common = { id, disabled, size: 'xs', 'aria-describedby': `${id}-why`, 'data-testid': `field-${name}` } as const;

  return (
    <div
      className={css['row']}
      data-wide={field.type === 'numberList' || undefined}
      onFocus={tell}
      onPointerEnter={tell}
    >
      <div className={css['label']}>
        <label htmlFor={id}>{field.label}</label>
        {changed && !disabled && (
          <Tooltip label={`Back to ${valueText(field, field.default)}`}>
            <ActionIcon
              size={20}
              variant="subtle"
              color="gray"
              onClick={reset}
              aria-label={`Reset ${field.label.toLowerCase()}`}
            >
              <IconRotate size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      <div className={css['control']}>
        {field.type === 'choice' && (
          <Select
            {...common}
            data={[...field.options]}
            value={String(value)}
            allowDeselect={false}
            onChange={(next) => set(next)}
            comboboxProps={{ transitionProps: { duration: 0 } }}
          />
        )}
        {field.type === 'toggle' && (
          <Switch {...common} checked={value === true} onChange={(event) => set(event.currentTarget.checked)} />
        )}
        {(field.type === 'number' || field.type === 'numberList') && (
          <TextInput
            {...common}
            value={draft?.text ?? valueText(field, value)}
            inputMode={field.type === 'number' ? 'decimal' : 'text'}
            rightSection={field.unit ? <span className={css['unit']}>{field.unit}</span> : undefined}
            rightSectionWidth={field.unit ? field.unit.length * 7 + 16 : undefined}
            classNames={{ input: css['input'] }}
            error={error !== null}
            aria-errormessage={error === null ? undefined : `${id}-error`}
            onChange={(event) => type(event.currentTarget.value)}
            onBlur={() => setDraft(null)}
          />
        )}
      </div>
      <span id={`${id}-why`} className="visually-hidden">
        {why}
      </span>
      {error && (
        <Text id={`${id}-error`} className={css['why']} c="var(--mantine-color-error)" role="alert">
          {error} It stays {valueText(field, value)}.
        </Text>
      )}
    </div>
  );
}
