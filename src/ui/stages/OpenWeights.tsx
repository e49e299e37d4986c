import { Button, FileButton } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useRef } from 'react';
import { hasWeights } from '../../client/selectors';
import { isBusy } from '../../client/state';
import { useConfirm } from '../Confirm';
import { shown, useStudio, useStudioState } from '../StudioContext';

/** Opens a file of weights, and asks before those in memory go. */
export function OpenWeights() {
  const studio = useStudio();
  const reset = useRef<() => void>(null);
  const confirm = useConfirm();
  const busy = useStudioState(isBusy);

  async function open(file: File) {
    const question = {
      title: `Open ${file.name}?`,
      body: 'It replaces the weights in memory and clears the charts. Download what you want to keep first.',
      action: 'Open',
    };
    if (!hasWeights(studio.store.getState()) || (await confirm(question))) await studio.importWeights(file);
  }

  return (
    <FileButton
      accept=".safetensors,.pth,.pt,.ckpt,.bin,.tar,.pkl,.zip,.onnx"
      resetRef={reset}
      onChange={(file) => {
        // The same file, put right, may be chosen again.
        reset.current?.();
        if (file) shown(open(file));
      }}
      inputProps={{ 'data-testid': 'weights-input', 'aria-label': 'Weights file', tabIndex: -1 } as object}
    >
      {(props) => (
        <Button {...props} variant="default" size="sm" disabled={busy} leftSection={<IconFileImport size={16} />}>
          Open weights…
        </Button>
      )}
    </FileButton>
  );
}
