/** Whether a metrics.json is one: by `session/metrics.schema.json`. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

interface MetricsSchema {
  $defs: { error: { properties: { code: { enum: readonly string[] } } } };
}

export const METRICS_SCHEMA = JSON.parse(
  readFileSync(new URL('../session/metrics.schema.json', import.meta.url), 'utf8'),
) as MetricsSchema;

const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(METRICS_SCHEMA);

/** What is wrong, each as "where: what"; empty for a right file. */
export function metricsErrors(metrics: unknown): string[] {
  if (validate(metrics)) return [];
  return validate.errors!.map(
    ({ instancePath, message = '', params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`,
  );
}
