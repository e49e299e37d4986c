/** What a chart has to do with the method, behind an ⓘ beside its title. */
import { ActionIcon, Popover, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconInfoCircle } from '@tabler/icons-react';
import { GUIDE, type GuideTopic } from '../../words/guide';
import css from './charts.module.css';

export function GuideNote({ topic, title }: { topic: GuideTopic; title: string }) {
  const { text, source } = GUIDE[topic];
  const [opened, { open, close, toggle }] = useDisclosure(false);
  return (
    <Popover
      position="bottom-start"
      width={360}
      transitionProps={{ duration: 0 }}
      shadow="md"
      trapFocus
      opened={opened}
      onChange={(shown) => (shown ? open() : close())}
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={`What this says: ${title}`}
          data-testid={`guide-${topic}`}
          onClick={toggle}
          // The note closes itself on Escape once it has the focus, which is a moment after it is seen.
          onKeyDown={({ key }) => key === 'Escape' && close()}
        >
          <IconInfoCircle size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={css['guide']} tabIndex={-1} data-autofocus aria-label={`What this says: ${title}`}>
        <Text size="sm">{text}</Text>
        <Text size="xs" c="dimmed" mt={6}>
          {source}
        </Text>
      </Popover.Dropdown>
    </Popover>
  );
}
