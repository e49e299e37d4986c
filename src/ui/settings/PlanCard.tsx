import { formatBytes, formatCount, formatEstimate } from '../../words/format';
import type { RunId } from '../../engine/experiments/meta';
import { useStudioState } from '../StudioContext';
import css from './settings.module.css';

/** What the run would take. Its place is kept while the plan is not there yet. */
export function PlanCard({ run }: { run: RunId }) {
  const batchSize = useStudioState((s) => s.config.batchSize);
  const plan = useStudioState((s) => (s.plan?.run === run ? s.plan.plan : null));
  return (
    <dl className={`${css['plan']} figures`} aria-label="Plan" data-testid="plan">
      {plan && (
        <>
          <dt>Steps</dt>
          <dd>{plan.steps > 0 ? formatCount(plan.steps) : 'none, it only measures'}</dd>
          <dt>Photos looked at</dt>
          <dd>{formatCount(plan.images)}</dd>
          <dt>GPU memory</dt>
          <dd>
            {formatBytes(plan.memoryBytes)}
            {plan.steps > 0 && plan.microBatch > 0 && plan.microBatch < batchSize && `, in parts of ${plan.microBatch}`}
          </dd>
          <dt>Time</dt>
          <dd>{plan.seconds === null ? 'measured once started' : formatEstimate(plan.seconds)}</dd>
        </>
      )}
    </dl>
  );
}
