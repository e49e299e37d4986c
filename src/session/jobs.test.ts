import { expect, test } from 'vitest';
import { Jobs } from './jobs';

/** Work that ends when it is told to. */
function held<T>() {
  let end!: (value: T) => void;
  let fail!: (error: unknown) => void;
  let begun = false;
  const promise = new Promise<T>((resolve, reject) => ([end, fail] = [resolve, reject]));
  const work = () => {
    begun = true;
    return promise;
  };
  return { work, end, fail, begun: () => begun };
}

test('of two jobs asked for at once the second is refused, and the first goes on', async () => {
  const jobs = new Jobs();
  const first = held<string>();
  const running = jobs.exclusively('Weights are being opened', first.work);
  const second = held<string>();
  await expect(jobs.exclusively('A run is starting', second.work)).rejects.toMatchObject({
    code: 'busy',
    message: 'Weights are being opened',
  });
  expect(second.begun()).toBe(false);
  first.end('weights');
  expect(await running).toBe('weights');
  expect(await jobs.exclusively('A run is starting', () => Promise.resolve('run'))).toBe('run');
});

test('a job that fails, at once or later, makes way for the next', async () => {
  const jobs = new Jobs();
  await expect(
    jobs.exclusively('one', () => {
      throw new Error('at once');
    }),
  ).rejects.toThrow('at once');
  expect(jobs.busy).toBe(false);
  await expect(jobs.exclusively('two', () => Promise.reject(new Error('later')))).rejects.toThrow('later');
  expect(jobs.busy).toBe(false);
});

test('looks go on beside one another; a job stops them, waits until they have ended, and keeps others away', async () => {
  const jobs = new Jobs();
  const [slow, other] = [held<string>(), held<string>()];
  let signal: AbortSignal | undefined;
  const looking = jobs.look((given) => {
    signal = given;
    return slow.work();
  });
  const alsoLooking = jobs.look(other.work);
  other.end('seen');
  expect(await alsoLooking).toBe('seen');

  const run = held<string>();
  const running = jobs.exclusively('The baseline is running', run.work);
  expect(signal!.reason).toMatchObject({ code: 'busy', message: 'The baseline is running' });
  await new Promise((resolve) => setTimeout(resolve));
  expect(run.begun()).toBe(false);
  await expect(jobs.look(other.work)).rejects.toMatchObject({ code: 'busy' });
  slow.end('too late');
  await expect(looking).rejects.toMatchObject({ code: 'busy' });
  await new Promise((resolve) => setTimeout(resolve));
  expect(run.begun()).toBe(true);
  run.end('done');
  expect(await running).toBe('done');
});

test('what looks have left for one another makes way for a job, once none goes on and before it begins', async () => {
  const order: string[] = [];
  const jobs = new Jobs(() => order.push('way'));
  const look = held<string>();
  const looking = jobs.look(async () => {
    await look.work();
    order.push('looked');
  });
  const running = jobs.exclusively('A run is starting', () => Promise.resolve(order.push('run')));
  look.end('seen');
  await expect(looking).rejects.toMatchObject({ code: 'busy' });
  await running;
  expect(order).toEqual(['looked', 'way', 'run']);
});
