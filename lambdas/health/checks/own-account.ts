/** The account and region in which the registry runs: agents of others are none of its control planes' business. */
export interface OwnAccount {
  readonly account: string;
  readonly region: string;
}

/** Whether what a reference names is of our own account and region. Of what it does not say, it means ours. */
export const isOurs = ({ account, region }: Partial<OwnAccount>, own: OwnAccount): boolean =>
  (account === undefined || account === own.account) && (region === undefined || region === own.region);
