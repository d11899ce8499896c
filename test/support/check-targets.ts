import type { CheckTarget, EcsCheck, HttpCheck, LambdaCheck } from '../../lambdas/health/checks/checker.ts';

export const httpTarget = (agentId: string, check: Partial<HttpCheck> = {}): CheckTarget => ({
  agentId,
  check: { type: 'http', url: `https://${agentId}.example/`, ...check },
});

export const lambdaTarget = (agentId: string, check: Partial<LambdaCheck> = {}): CheckTarget => ({
  agentId,
  check: { type: 'lambda', functionName: agentId, ...check },
});

export const ecsTarget = (agentId: string, check: Partial<EcsCheck> = {}): CheckTarget => ({
  agentId,
  check: { type: 'ecs', cluster: 'main', service: agentId, ...check },
});

/** Long enough for any check of a test. */
export const inAMinute = (): number => Date.now() + 60_000;
