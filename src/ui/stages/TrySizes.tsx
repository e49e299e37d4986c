/** At which test sizes photos are tried. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { chosenWeights } from '../../client/chosenWeights';
import { toErrorData } from '../../engine/base/errors';
import { parseTestSizes } from '../../engine/experiments/meta';
import { useStudio, useStudioState } from '../StudioContext';
import css from './try.module.css';

export function TrySizes({ disabled }: { disabled: boolean }) {
  const studio = useStudio();
  const sizes = useStudioState((s) => s.trySizes);
  const own = useStudioState((s) => chosenWeights(s)?.view?.crop);
  const [draft, setDraft] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);

  function set(text: string) {
    setDraft(text);
    try {
      studio.chooseTrialSizes(parseTestSizes(text.trim()));
      setError(null);
    } catch (thrown) {
      setError(toErrorData(thrown).hint ?? null);
    }
  }

  return (
    <TextInput
      size="xs"
      className={css['sizes']}
      label="Test sizes, px"
      placeholder={`${own ?? 'as in the settings'}; several are averaged`}
      disabled={disabled}
      value={draft ?? sizes.join(', ')}
      error={error}
      onChange={(event) => set(event.currentTarget.value)}
      onBlur={() => {
        setDraft(null);
        setError(null);
      }}
      data-testid="try-sizes"
    />
  );
}
