import { expect, test, vi } from 'vitest';
import type { CommandMessage } from '../protocol/messages';
import { connectWorker } from './workerClient';

function fakeWorker() {
  const listeners = new Map<string, (event: Event) => void>();
  const sent: CommandMessage[] = [];
  return {
    sent,
    postMessage: (message: CommandMessage) => void sent.push(message),
    addEventListener: (kind: string, listener: (event: Event) => void) => void listeners.set(kind, listener),
    say: (data: unknown) => listeners.get('message')?.(Object.assign(new Event('message'), { data })),
    crash: (message: string) => listeners.get('error')?.(Object.assign(new Event('error'), { message })),
  };
}

test('replies reach the call that asked, in any order; strangers are dropped', async () => {
  const worker = fakeWorker();
  const client = connectWorker(worker, { onEvent: vi.fn(), onFatal: vi.fn() });
  const first = client.call('pause', {});
  const second = client.call('stop', {});
  expect(worker.sent.map((m) => m.kind)).toEqual(['pause', 'stop']);
  worker.say('from an extension');
  worker.say({ kind: 'reply', id: worker.sent[1]!.id, ok: true, result: { second: true } });
  worker.say({
    kind: 'reply',
    id: worker.sent[0]!.id,
    ok: false,
    error: { code: 'busy', message: 'No run', hint: 'Start one' },
  });
  await expect(second).resolves.toEqual({ second: true });
  await expect(first).rejects.toMatchObject({ code: 'busy', message: 'No run', hint: 'Start one' });
});

test('a crash rejects what waits and what comes later, and is told once', async () => {
  const worker = fakeWorker();
  const onFatal = vi.fn();
  const client = connectWorker(worker, { onEvent: vi.fn(), onFatal });
  const waiting = client.call('connect', {});
  worker.crash('out of memory');
  worker.crash('again');
  await expect(waiting).rejects.toMatchObject({ code: 'internal' });
  await expect(client.call('connect', {})).rejects.toThrow('out of memory');
  expect(onFatal).toHaveBeenCalledOnce();
});
