import { InvalidArgumentError } from 'commander';

/** Takes a number within the API's bounds, as it is sent: what the API would refuse is wrong usage here already. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): string => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return text;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
