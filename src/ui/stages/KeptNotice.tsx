import { Button, FileButton, Group, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import type { KeptProject } from '../../protocol/messages';
import { damagedSentence, keptSentence, lastingWords } from '../../words/saving';
import { useKeptFocus } from '../shell/useKeptFocus';
import { shown, useStudio, useStudioState } from '../StudioContext';

/** What an earlier visit has left, and the way back into it; or to have it back once it is deleted. */
export function KeptNotice() {
  const left = useStudioState((s) => s.left);
  const forgotten = useStudioState((s) => s.forgotten);
  const keptFocus = useKeptFocus<HTMLElement>(forgotten ? 'forgotten' : 'left');
  if (!left && !forgotten) return null;
  return (
    <section
      className="card"
      style={{ maxWidth: 760, padding: '10px 16px', textAlign: 'left' }}
      aria-label="Your last project"
      data-testid="kept-project"
      {...keptFocus}
    >
      {forgotten ? <Forgotten name={forgotten.name} /> : left && <Left left={left} />}
    </section>
  );
}

function Forgotten({ name }: { name: string }) {
  const studio = useStudio();
  return (
    <Group justify="space-between">
      <Text size="sm" style={{ overflowWrap: 'anywhere' }} component="output">
        {name} is deleted: its results and weights, not its photos.
      </Text>
      <Button variant="default" onClick={() => shown(studio.keepAgain())} data-goes-on data-testid="keep-again">
        Undo
      </Button>
    </Group>
  );
}

function Left({ left }: { left: KeptProject }) {
  const studio = useStudio();
  const opening = useStudioState((s) => s.opening);
  const [now] = useState(() => Date.now());
  const lasts = lastingWords(useStudioState((s) => s.saved.lasts));
  const action = left.running ? 'Continue' : 'Open again';
  const button = {
    leftSection: <IconPlayerPlay size={16} />,
    disabled: opening !== null,
    'data-goes-on': true,
    'data-testid': 'take-up',
  };
  return (
    <Group justify="space-between">
      {/* Beside the buttons, or above them where there is no room. */}
      <div style={{ flex: '1 1 280px', minWidth: 0 }}>
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
        <Button variant="subtle" color="gray" onClick={() => shown(studio.forgetKept())} disabled={opening !== null}>
          Delete
        </Button>
      </Group>
    </Group>
  );
}
