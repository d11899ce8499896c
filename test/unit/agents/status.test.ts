import { describe, expect, test } from '@jest/globals';
import { deriveStatus } from '../../../lambdas/agents/status.ts';

describe('status and state', () => {
  test.each([
    ['enabled', 'healthy', 0, 'available', 'idle'],
    ['enabled', 'healthy', 2, 'available', 'active'],
    ['enabled', 'unknown', 0, 'available', 'idle'],
    ['enabled', 'degraded', 0, 'degraded', 'idle'],
    ['enabled', 'degraded', 1, 'degraded', 'active'],
    ['enabled', 'unhealthy', 1, 'unavailable', 'error'],
    ['maintenance', 'healthy', 1, 'unavailable', 'maintenance'],
    ['disabled', 'unhealthy', 0, 'unavailable', 'maintenance'],
  ] as const)(
    'of an agent that is %s, %s and runs %i tasks are %s and %s',
    (operatorMode, health, tasks, status, state) => {
      expect(deriveStatus({ operatorMode, health }, tasks)).toEqual({ status, state });
    },
  );
});
