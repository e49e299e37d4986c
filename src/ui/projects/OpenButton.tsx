/** The way into a kept project: by itself, by its folder chosen again, or to look at what another tab does with it. */
import { Button, FileButton } from '@mantine/core';
import { IconDownload, IconEye, IconPlayerPlay } from '@tabler/icons-react';
import { isBusy } from '../../client/state';
import type { KeptProject } from '../../protocol/projects';
import { shown, useStudio, useStudioState } from '../StudioContext';

interface Props {
  project: KeptProject;
  /** It is what a person most likely wants. */
  filled: boolean;
}

export function OpenButton({ project: { id, contents, openIn }, filled }: Props) {
  const studio = useStudio();
  const blocked = useStudioState((s) => s.opening !== null || isBusy(s));
  const wanted = useStudioState((s) => (s.wanted?.id === id ? s.wanted : null));
  if (openIn === 'here') return null;
  if (openIn === 'elsewhere')
    return (
      <Button
        variant="default"
        leftSection={<IconEye size={16} />}
        disabled={blocked}
        onClick={() => studio.watch(id)}
        data-testid="watch"
      >
        Watch
      </Button>
    );
  if (!contents)
    return (
      <Button
        variant="default"
        leftSection={<IconDownload size={16} />}
        onClick={() => shown(studio.salvage(id))}
        data-testid="salvage"
      >
        Save what is whole
      </Button>
    );
  const button = {
    variant: filled && (!wanted || wanted.refused) ? 'filled' : 'default',
    leftSection: <IconPlayerPlay size={16} />,
    disabled: blocked,
    'data-goes-on': true,
    'data-testid': 'take-up',
  };
  const action = wanted?.refused ? 'Ask again' : contents.running ? 'Continue' : 'Open again';
  if (contents.place !== 'files')
    return (
      <Button {...button} onClick={() => shown(studio.takeUp(id))}>
        {action}
      </Button>
    );
  return (
    <FileButton
      multiple
      inputProps={{ webkitdirectory: '', 'data-testid': 'take-up-files' } as object}
      onChange={(files) => shown(studio.takeUp(id, files))}
    >
      {(props) => (
        <Button {...props} {...button}>
          {action}
        </Button>
      )}
    </FileButton>
  );
}
