import { Button, FileButton, Group, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { damagedSentence, keptSentence, lastingWords } from '../../words/saving';
import { useConfirm } from '../Confirm';
import { shown, useStudio, useStudioState } from '../StudioContext';

/** What an earlier visit has left, and the way back into it. */
export function KeptNotice() {
  const studio = useStudio();
  const left = useStudioState((s) => s.left);
  const opening = useStudioState((s) => s.opening);
  const confirm = useConfirm();
  const [now] = useState(() => Date.now());
  const lasts = lastingWords(useStudioState((s) => s.saved.lasts));
  if (!left) return null;
  const forget = async () => {
    const body = 'Its results and weights are deleted from this browser. Photos stay where they are.';
    if (await confirm({ title: `Delete ${left.name}?`, body, action: 'Delete' })) await studio.forgetKept();
  };
  const action = left.running ? 'Continue' : 'Open again';
  const button = { leftSection: <IconPlayerPlay size={16} />, disabled: opening !== null, 'data-testid': 'take-up' };
  return (
    <section
      className="card"
      aria-label="Your last project"
      data-testid="kept-project"
      style={{ maxWidth: 560, padding: '12px 16px' }}
    >
      <Group justify="space-between" wrap="nowrap" align="center">
        <div>
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {left.name}
          </Text>
          <Text size="sm" c="dimmed">
            {keptSentence(left, Date.parse(left.savedAt), now)}
            {lasts && ` ${lasts}`}
            {left.damages.length > 0 && ` ${damagedSentence(left.damages)}`}
            {left.place === 'files' && ' Choose its folder again: photos themselves are not kept.'}
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap">
          {left.place === 'files' ? (
            <FileButton
              multiple
              inputProps={{ webkitdirectory: '', 'data-testid': 'take-up-files' } as object}
              onChange={(files) => shown(studio.takeUp(files))}
            >
              {(props) => (
                <Button {...props} {...button}>
                  {action}
                </Button>
              )}
            </FileButton>
          ) : (
            <Button {...button} onClick={() => shown(studio.takeUp())}>
              {action}
            </Button>
          )}
          <Button variant="subtle" color="gray" onClick={() => shown(forget())} disabled={opening !== null}>
            Delete
          </Button>
        </Group>
      </Group>
    </section>
  );
}
