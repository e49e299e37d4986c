import { Group, Kbd, Modal, Stack, Table, Text } from '@mantine/core';
import { MODAL_PROPS } from '../modal';
import { SHORTCUTS } from './useShortcuts';

export function HelpModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="FixRes Studio" size="lg" {...MODAL_PROPS}>
      <Stack gap="sm">
        <Text size="sm">
          Training crops and test photos show objects at different sizes, and a network is at its best where objects
          look as large as it is used to. The studio trains a ResNet on your photos (Baseline), measures it at several
          sizes (Test resolution), adapts only its classifier to the best one (Fine-tune), and hands you the weights
          (Take home).
        </Text>
        <Text size="sm">
          It follows “Fixing the train-test resolution discrepancy” (Touvron and others, 2019). Photos are read by this
          page alone: nothing is uploaded. The guided tour (the book above) explains each chart beside it.
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
      </Stack>
    </Modal>
  );
}
