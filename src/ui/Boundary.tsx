/** A part of the page that cannot be drawn, or whose code cannot be loaded, takes nothing else with it. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';

interface Props {
  /** What it means for whoever looks at it. */
  title: string;
  /** What is done about it beside a reload. */
  way: { label: string; act?: () => void };
  className?: string | undefined;
  children: ReactNode;
}

interface State {
  error: Error | null;
}

export class Boundary extends Component<Props, State> {
  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override state: State = { error: null };

  override render(): ReactNode {
    const { error } = this.state;
    const { title, way, className, children } = this.props;
    if (!error) return children;
    const again = () => {
      way.act?.();
      this.setState({ error: null });
    };
    return (
      <Alert
        color="red"
        variant="light"
        icon={<IconAlertTriangle />}
        title={title}
        role="alert"
        className={className}
        data-testid="not-drawn"
      >
        <Text size="sm">{error.message}</Text>
        <Text size="sm">
          What runs goes on, and the weights are safe under Export. Where a part of the page could not be loaded, there
          is no network, or a newer version has taken this one’s place: reload the page then. A run was saved, and can
          be continued.
        </Text>
        <Group mt="xs" gap="xs">
          <Button size="compact-sm" variant="default" onClick={again}>
            {way.label}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </Group>
      </Alert>
    );
  }
}
