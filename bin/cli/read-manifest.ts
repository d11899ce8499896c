import { ManifestLoader } from '../../lambdas/discovery/reading/manifest-loader.ts';
import type { ReadDocument } from '../../lambdas/discovery/reading/read-document.ts';

const loader = new ManifestLoader();

/** Reads one manifest. Never throws. */
export const readManifest = (key: string, content: Uint8Array, origin: string): ReadDocument =>
  loader.load(key, content, origin);
