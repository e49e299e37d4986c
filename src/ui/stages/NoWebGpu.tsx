import { List, Text, Title } from '@mantine/core';
import type { ErrorData } from '../../engine/base/errors';
import css from './stage.module.css';

/** For browsers that cannot run the studio: what is missing and what to do. */
export function NoWebGpu({ error }: { error: ErrorData }) {
  const missing = error.code === 'no-webgpu';
  return (
    <section className={`card ${css['empty']}`} aria-labelledby="no-webgpu-title" data-testid="no-webgpu">
      <Title order={2} size="h3" id="no-webgpu-title">
        {missing ? 'This browser has no WebGPU' : 'No GPU was found'}
      </Title>
      <Text maw={560}>
        {missing
          ? 'The studio trains on your graphics card through WebGPU, which this browser does not offer to this page.'
          : 'The browser knows WebGPU but offers no graphics card to it.'}
      </Text>
      <List maw={560} ta="left" spacing={6} size="sm">
        {missing ? (
          <>
            <List.Item>
              Chrome or Edge 113 or newer on Windows, macOS and ChromeOS; on Linux 144 with Intel graphics, 148 with
              NVIDIA.
            </List.Item>
            <List.Item>
              Safari 26 or newer; Firefox 141 or newer on Windows, 145 on macOS 26 with Apple silicon.
            </List.Item>
            <List.Item>
              The page must come over https, or from localhost: on plain http browsers hide WebGPU.
              {!window.isSecureContext && ' This page came over plain http.'}
            </List.Item>
          </>
        ) : (
          <>
            <List.Item>Turn on “Use graphics acceleration when available” in the browser’s settings.</List.Item>
            <List.Item>
              On Linux, start Chrome with <code>--enable-unsafe-webgpu --enable-features=Vulkan</code>.
            </List.Item>
            <List.Item>
              Update the graphics driver; <code>chrome://gpu</code> says why a card was refused.
            </List.Item>
          </>
        )}
      </List>
      <Text size="sm" c="dimmed" maw={560}>
        {error.message}
        {error.hint && ` ${error.hint}`}
      </Text>
    </section>
  );
}
