import { expect, test } from '@jest/globals';
import { isServiceKey, manifestPlace } from '../../../lambdas/discovery/manifest-key.ts';

test.each([
  ['calendar/manifest.json', { id: 'calendar', kind: 'agent' }],
  ['github/server.json', { id: 'github', kind: 'service' }],
  ['dynamodb/service.json', { id: 'dynamodb', kind: 'service' }],
])('%s is where one is declared', (path, place) => {
  expect(manifestPlace(path)).toEqual(place);
  expect(isServiceKey(`manifests/${path}`)).toBe(place.kind === 'service');
});

test.each([
  'manifest.json',
  'a/b/manifest.json',
  'A/manifest.json',
  '../manifest.json',
  'a..b/manifest.json',
  'a/Manifest.json',
  'a/toString',
  '/manifest.json',
])('%s is nowhere', (path) => {
  expect(manifestPlace(path)).toBeUndefined();
});
