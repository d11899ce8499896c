import { sha256 } from '../shared/ids.ts';
import type { AgentRead } from './reading/read-document.ts';
import { cutId, hyphenated, MAX_ID_LENGTH } from './reading/slug.ts';

/** What an agent is called: by machines and by people. */
export interface Identity {
  readonly id: string;
  readonly name: string;
}

/** Folders that say what kind of thing lies in them, not which. */
const COMMON_FOLDERS = ['agents', 'agent', 'manifests', 'plugins', 'claude', 'well-known', 'src'];

/** Longer folder names are cut, so that name and hash still fit beside them. */
const MAX_LABEL_LENGTH = 40;

/** The innermost folder that tells this file from another of its name; none for files without a telling folder. */
function labelOf(path: string, id: string): string | undefined {
  const folders = path.split('/').slice(0, -1).reverse().map(hyphenated);
  const label = folders.find((folder) => folder !== '' && folder !== id && !COMMON_FOLDERS.includes(folder));
  return label && cutId(label, MAX_LABEL_LENGTH);
}

const suffixed = ({ id, name }: Identity, suffix: string): Identity => ({
  id: `${cutId(id, MAX_ID_LENGTH - suffix.length - 1)}-${suffix}`,
  name: `${name.slice(0, MAX_ID_LENGTH - suffix.length - 1)}-${suffix}`,
});

/**
 * The identities that the agent of a file may take, best first: its own; with the folder behind it
 * (`code-reviewer-backend-development`); with a hash of the whole path behind that. An id that the file itself gives is
 * the only one: others refer to the agent by it. They follow from the file's own path and words alone, so no other
 * file, imported before or after, changes them.
 */
export function identitiesOf({ agent: { id, name, filePath }, idFrom }: AgentRead): readonly Identity[] {
  if (idFrom === 'file') return [{ id, name }];
  const label = labelOf(filePath, id);
  const hash = sha256(filePath).slice(0, 8);
  const suffixes = label === undefined ? [hash] : [label, `${label}-${hash}`];
  return [{ id, name }, ...suffixes.map((suffix) => suffixed({ id, name }, suffix))];
}
