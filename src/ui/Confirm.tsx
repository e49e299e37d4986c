/** Asks before anything is lost, over whatever dialog it is asked from. */
import { MODAL_PROPS } from './modal';
import { Button, getDefaultZIndex, Group, Modal, Text } from '@mantine/core';
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

const AskingContext = createContext(false);

/** Whether a question is open: Escape answers it, and does not close the dialog below. */
export const useAsking = (): boolean => useContext(AskingContext);

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
      <AskingContext value={asked !== null}>{children}</AskingContext>
      <Modal
        opened={asked !== null}
        onClose={() => answer(false)}
        title={asked?.title}
        centered
        zIndex={getDefaultZIndex('overlay')}
        // Mantine hears Escape at the window, where the dialog below would hear it after the question is gone.
        closeOnEscape={false}
        onKeyDown={({ key }) => key === 'Escape' && answer(false)}
        {...MODAL_PROPS}
      >
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
