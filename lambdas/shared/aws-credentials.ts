import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles of functions: Lambda gives a function its role's
 * credentials as environment variables (AWS Lambda, "Defined runtime environment variables"), so profiles, sign-on and
 * the services that hand out credentials, a fifth of the client, stay out.
 */
export const defaultProvider = fromEnv;
