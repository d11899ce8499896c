import { describe, expect, test } from '@jest/globals';
import { ManifestRefusedError } from '../../../lambdas/discovery/declared-layers.ts';
import { RETRY_REFUSED_MS, refuse } from '../../../lambdas/discovery/refuse-manifest.ts';
import type { SnapshotEntry } from '../../../lambdas/discovery/reload-snapshot.ts';
import type { ValidationStep } from '../../../lambdas/discovery/reload-terms.ts';
import { ConflictError, ValidationError } from '../../../lambdas/shared/errors.ts';
import { START } from '../../support/agents.ts';

const ERROR = { field: 'config.priority', rule: 'maximum', message: 'must be <= 10' };
const refusal = (step: ValidationStep) => new ManifestRefusedError(step, [ERROR], 3);

describe('a manifest that is refused', () => {
  test('is known with what serves on, and without what was true of the version before', () => {
    const served = { kind: 'agent', id: 'a', name: 'A', asked: 'a', version: '1' } as const;
    const entry: SnapshotEntry = {
      ...served,
      etag: 'old',
      copyOf: 'b',
      missingSince: 'then',
      warnings: [],
      warnedAt: 'then',
      doubtful: true,
    };

    expect(refuse(entry, 'new', refusal('syntax_validation'), START).to).toEqual({
      ...served,
      etag: 'new',
      problem: {
        step: 'syntax_validation',
        reason: 'config.priority: must be <= 10',
        errors: [ERROR],
        line: 3,
        since: new Date(START).toISOString(),
      },
    });
  });

  test('and served nobody before is known all the same', () => {
    expect(refuse(undefined, 'new', refusal('syntax_validation'), START).to).toMatchObject({
      etag: 'new',
      kind: 'other',
    });
  });

  test.each<[ValidationStep, number | undefined]>([
    ['syntax_validation', undefined],
    ['resource_availability_check', START + RETRY_REFUSED_MS],
    ['mcp_server_connectivity', START + RETRY_REFUSED_MS],
    ['tool_permission_verification', START + RETRY_REFUSED_MS],
    ['conflict_detection', START + RETRY_REFUSED_MS],
  ])('by %s is tried again at %s', (step, retryAt) => {
    expect(refuse(undefined, 'new', refusal(step), START).to.problem.retryAt).toBe(retryAt);
  });

  test('by a write belongs to the step that would have found it', () => {
    const stepOf = (error: ConflictError | ValidationError) => refuse(undefined, 'v', error, START).to.problem.step;

    expect(stepOf(new ConflictError([ERROR]))).toBe('conflict_detection');
    expect(stepOf(new ValidationError([ERROR]))).toBe('syntax_validation');
  });

  test('is news once for each version and reason; of one version it is told since when', () => {
    const first = refuse(undefined, 'v1', refusal('conflict_detection'), START);
    const again = refuse(first.to, 'v1', refusal('conflict_detection'), START + 1_000);
    const other = refuse(first.to, 'v1', new ValidationError([{ ...ERROR, message: 'other' }]), START + 1_000);
    const next = refuse(first.to, 'v2', refusal('conflict_detection'), START + 1_000);

    expect([first, again, other, next].map(({ isNews }) => isNews)).toEqual([true, false, true, true]);
    const since = [first, again, next].map(({ to }) => Date.parse(to.problem.since) - START);
    expect(since).toEqual([0, 0, 1_000]);
  });
});
