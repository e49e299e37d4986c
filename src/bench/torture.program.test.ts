import { expect, test } from 'vitest';
import { main } from './torture';

/** Four programs are started, and wait for each other. */
const LIMIT_MS = 300_000;

test(
  'a run that is killed twice and robbed of its GPU once says in the end what it would have said',
  async () => {
    expect(await main(['--short', '--kills', '2', '--losses', '1', '--seed', '3'])).toBe(0);
  },
  LIMIT_MS,
);
