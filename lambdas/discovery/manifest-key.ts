import { ID_PATTERN } from '../agents/agent-fields.ts';

/** Names of the files that declare something, and what: an agent, or a service that agents depend on. */
const KINDS: Readonly<Record<string, 'agent' | 'service'>> = {
  'manifest.json': 'agent',
  'server.json': 'service',
  'service.json': 'service',
};

/** The names, for people to read. */
export const MANIFEST_NAMES: readonly string[] = Object.keys(KINDS);

const ID = new RegExp(ID_PATTERN, 'u');

/** What a manifest declares, by the place where it stands. */
export interface ManifestPlace {
  readonly id: string;
  readonly kind: 'agent' | 'service';
}

/**
 * Reads `{id}/manifest.json` and its like (second specification, "S3 Manifests").
 *
 * @returns `undefined` where it is another path, or one whose folder cannot be an id
 */
export function manifestPlace(path: string): ManifestPlace | undefined {
  const [id = '', name = '', ...more] = path.split('/');
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  return kind === undefined || more.length > 0 || !ID.test(id) ? undefined : { id, kind };
}

/** Whether a key ends as those of services do. */
export const isServiceKey = (key: string): boolean => KINDS[key.slice(key.lastIndexOf('/') + 1)] === 'service';
