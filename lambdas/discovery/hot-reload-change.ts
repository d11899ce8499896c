import type { FileAgent } from './reading/read-document.ts';
import type { Problem } from './reload-snapshot.ts';

/** What hot reload did to one agent (second specification, "Change Events"). */
export interface HotReloadChange {
  readonly type: 'added' | 'updated' | 'removed';
  readonly agentId: string;
  /** What the manifest says now. Absent of one that is gone. */
  readonly manifest?: FileAgent;
  readonly previousVersion?: string;
  readonly newVersion?: string;
  readonly timestamp: Date;
}

/** A version of a manifest that is refused; what served before goes on. */
export interface RefusedManifest extends Problem {
  readonly key: string;
  readonly etag: string;
  /** Id of the agent or service that it would have changed, as far as it is known. */
  readonly agentId: string | null;
}
