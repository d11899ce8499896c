/** Settings of the stage, as `-c` of CDK names them. */
export type StageSettings = Readonly<Record<string, string>>;

/** What may be said of the local stage in the environment, and the setting that it is (`lib/config.ts`). */
const SETTINGS = {
  AGENT_REGISTRY_ALLOWED_HOSTS: 'allowedHosts',
  AGENT_REGISTRY_CHECKED_FUNCTIONS: 'checkedFunctions',
  AGENT_REGISTRY_CHECKED_SERVICES: 'checkedServices',
} as const;

/** The settings that the environment asks for: as on AWS nothing private is asked, unless somebody says so. */
export const stageSettings = (environment: NodeJS.ProcessEnv): StageSettings =>
  Object.fromEntries(
    Object.entries(SETTINGS).flatMap(([variable, setting]) => {
      const value = environment[variable];
      return value ? [[setting, value]] : [];
    }),
  );
