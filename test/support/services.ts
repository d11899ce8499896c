import type { ServiceDocument } from '../../lambdas/services/service-document.ts';

export const aService = (overrides: Partial<ServiceDocument> = {}): ServiceDocument => ({
  id: 'github',
  name: 'io.github.github/github-mcp-server',
  kind: 'mcp',
  endpoints: [{ type: 'streamable-http', url: 'https://mcp.example.com/' }],
  packages: [{ registry: 'oci', identifier: 'ghcr.io/github/github-mcp-server', version: '1.0.0' }],
  requires: ['GITHUB_TOKEN'],
  ...overrides,
});
