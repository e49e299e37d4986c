import { Button, Menu } from '@mantine/core';
import {
  IconChevronDown,
  IconFileZip,
  IconFolderOpen,
  IconFolderPlus,
  IconFolders,
  IconLeaf,
} from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { isBusy } from '../../client/state';
import { useStudio, useStudioState } from '../StudioContext';
import { useOpenPhotos } from '../useOpenPhotos';

const AddPhotos = lazy(() => import('./AddPhotos').then(({ AddPhotos: dialog }) => ({ default: dialog })));

/** Other photos in place of these. */
export function OpenOther() {
  const studio = useStudio();
  const open = useOpenPhotos();
  const busy = useStudioState(isBusy);
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <Button
            size="compact-sm"
            variant="default"
            disabled={busy}
            rightSection={<IconChevronDown size={14} />}
            data-testid="open-other"
          >
            Open another
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconFolderOpen size={16} />}
            onClick={() => open.choose()}
            data-testid="choose-folder"
          >
            A folder
          </Menu.Item>
          <Menu.Item leftSection={<IconFileZip size={16} />} onClick={open.chooseFiles} data-testid="choose-files">
            An archive, or files
          </Menu.Item>
          <Menu.Item leftSection={<IconLeaf size={16} />} onClick={open.sample} data-testid="try-sample">
            The sample
          </Menu.Item>
          <Menu.Item leftSection={<IconFolders size={16} />} onClick={() => studio.showProjects(true)}>
            A kept project…
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconFolderPlus size={16} />}
            onClick={() => setAdding(true)}
            data-testid="add-photos"
          >
            Add photos to these…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {adding && (
        <Suspense>
          <AddPhotos onClose={() => setAdding(false)} />
        </Suspense>
      )}
    </>
  );
}
