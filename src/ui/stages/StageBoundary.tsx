/** A stage that cannot be drawn takes nothing else with it: the run, the weights and the other stages stay. */
import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';

interface State {
  error: Error | null;
}

export class StageBoundary extends Component<{ children: ReactNode }, State> {
  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override state: State = { error: null };

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Alert
        color="red"
        variant="light"
        icon={<IconAlertTriangle />}
        title="This step could not be drawn"
        role="alert"
        data-testid="stage-error"
      >
        <Text size="sm">{error.message}</Text>
        <Text size="sm">What runs goes on, and the weights are safe under Export.</Text>
        <Button size="compact-sm" variant="default" mt="xs" onClick={() => this.setState({ error: null })}>
          Draw it again
        </Button>
      </Alert>
    );
  }
}
