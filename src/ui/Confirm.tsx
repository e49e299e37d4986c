/** Asks before anything is lost, over whatever dialog it is asked from. */
import { MODAL_PROPS } from './modal';
import { Button, getDefaultZIndex, Group, Modal, Text } from '@mantine/core';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useEffectEvent,
  useMemo,
  useState,
} from 'react';

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
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (!asked || event.key !== 'Escape') return;
    event.stopImmediatePropagation();
    answer(false);
  });
  // Mantine’s dialogs hear Escape at the window, each when it opens: this is there before them, so that the one below stays open.
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    window.addEventListener('keydown', listener, true);
    return () => window.removeEventListener('keydown', listener, true);
  }, []);
  return (
    <ConfirmContext value={useMemo(() => ask, [ask])}>
      {children}
      <Modal
        opened={asked !== null}
        onClose={() => answer(false)}
        title={asked?.title}
        centered
        zIndex={getDefaultZIndex('overlay')}
        closeOnEscape={false}
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
