import type { Config } from '../platform/config.ts';
import type { Tx } from '../platform/database.ts';
import type { Secrets } from '../platform/secrets.ts';
import { type NumberValidator, VALIDATOR_NAMES, type ValidatorName } from './number-validator.ts';
import { numverify } from './numverify.ts';
import { twilioLookup } from './twilio-lookup.ts';
import { getValidationSettings } from './validation-settings-store.ts';
import type { AllowedValidator } from './work-batch.ts';

export interface ValidatorServices {
  readonly config: Pick<Config, 'numverifyUrl' | 'twilioLookupUrl'>;
  readonly secrets: Pick<Secrets, 'open'>;
}

/** The services that have a key, in the order in which they are asked. */
export const validatorOpener =
  ({ config, secrets }: ValidatorServices) =>
  async (tx: Tx): Promise<readonly AllowedValidator[]> => {
    const { validators } = await getValidationSettings(tx);
    return VALIDATOR_NAMES.flatMap((name) => {
      const { keySealed, ...allowance } = validators[name];
      if (keySealed === null) return [];
      return [{ validator: OPENERS[name](config, secrets.open(keySealed)), allowance }];
    });
  };

const OPENERS: Readonly<Record<ValidatorName, (config: ValidatorServices['config'], key: string) => NumberValidator>> =
  {
    numverify: ({ numverifyUrl }, key) => numverify({ url: numverifyUrl, key }),
    twilio: ({ twilioLookupUrl }, key) => twilioLookup({ url: twilioLookupUrl, key }),
  };
