import { Anchor, Group, Kbd, Modal, Stack, Switch, Table, Text } from '@mantine/core';
import { MODAL_PROPS } from '../modal';
import { SHORTCUTS, useSingleKeys } from './useShortcuts';

export function HelpModal({ onClose }: { onClose: () => void }) {
  const [singleKeys, setSingleKeys] = useSingleKeys();
  return (
    <Modal opened onClose={onClose} title="FixRes Studio" size="lg" {...MODAL_PROPS}>
      <Stack gap="sm">
        <Text size="sm">
          Training crops and test photos show objects at different sizes, and a network is at its best where objects
          look as large as it is used to. The studio trains a ResNet on your photos (Baseline), measures it at several
          sizes (Test resolution), adapts only its classifier to the best one (Fine-tune), and hands you the weights
          (Export).
        </Text>
        <Text size="sm">
          It follows “Fixing the train-test resolution discrepancy” (Touvron and others, 2019). Photos are read by this
          page alone: nothing is uploaded. The ⓘ beside each chart says what it has to do with the method.
        </Text>
        <Table aria-label="Keyboard shortcuts">
          <Table.Tbody>
            {SHORTCUTS.map(({ keys, does }) => (
              <Table.Tr key={does}>
                <Table.Td w={150}>
                  <Group gap={4}>
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </Group>
                </Table.Td>
                <Table.Td>{does}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Switch
          size="sm"
          label="Space and ? work from anywhere"
          checked={singleKeys}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
        <Text size="sm" c="dimmed">
          Apache-2.0.{' '}
          <Anchor href="licences.txt" target="_blank">
            What it is made of, and under which terms
          </Anchor>
        </Text>
      </Stack>
    </Modal>
  );
}
