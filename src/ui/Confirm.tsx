/** Asks before anything is lost. */
import { MODAL_PROPS } from './modal';
import { Button, Group, Modal, Text } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';

interface Question {
  title: string;
  body: string;
  /** The verb on the button that goes on. */
  action: string;
}

type Ask = (question: Question) => Promise<boolean>;

const ConfirmContext = createContext<Ask>(() => Promise.resolve(true));

export const useConfirm = (): Ask => useContext(ConfirmContext);

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<(Question & { answer: (yes: boolean) => void }) | null>(null);
  const ask = useCallback<Ask>(
    (question) => new Promise((resolve) => setAsked({ ...question, answer: resolve })),
    [setAsked],
  );
  const answer = (yes: boolean) => {
    asked?.answer(yes);
    setAsked(null);
  };
  return (
    <ConfirmContext value={useMemo(() => ask, [ask])}>
      {children}
      <Modal opened={asked !== null} onClose={() => answer(false)} title={asked?.title} centered {...MODAL_PROPS}>
        <Text size="sm">{asked?.body}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => answer(false)} data-autofocus>
            Cancel
          </Button>
          <Button onClick={() => answer(true)} data-testid="confirm">
            {asked?.action}
          </Button>
        </Group>
      </Modal>
    </ConfirmContext>
  );
}
