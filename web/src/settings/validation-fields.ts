import type { NumberPolicy, NumberValidation, NumberValidationInput } from '../api/number-validation.ts';

type Service = NumberValidation['validators'][number]['name'];

/** The settings as their fields hold them; number fields are texts while somebody types. */
export interface ValidationFields {
  readonly importMode: NumberValidation['importMode'];
  readonly excludes: NumberValidation['excludes'];
  readonly maxAgeDays: number | string;
  readonly revalidate: boolean;
  readonly services: Readonly<Record<Service, ServiceFields>>;
}

interface ServiceFields {
  /** Typed anew; the one that is set never comes back from the server. */
  readonly key: string;
  readonly removeKey: boolean;
  readonly monthlyQuota: number | string;
  readonly requestsPerSecond: number | string;
}

export function validationFormOf(settings: NumberValidation): ValidationFields {
  const { importMode, excludes, maxAgeDays, revalidate } = settings;
  const fieldsOf = (name: Service): ServiceFields => {
    const found = settings.validators.find((service) => service.name === name);
    return {
      key: '',
      removeKey: false,
      monthlyQuota: found?.monthlyQuota ?? 0,
      requestsPerSecond: found?.requestsPerSecond ?? 1,
    };
  };
  return {
    importMode,
    excludes: { ...excludes },
    maxAgeDays,
    revalidate,
    services: { numverify: fieldsOf('numverify'), twilio: fieldsOf('twilio') },
  };
}

export const policyOf = ({ excludes, maxAgeDays }: ValidationFields): NumberPolicy => ({
  excludes: { ...excludes },
  maxAgeDays: Number(maxAgeDays),
});

export function validationInputOf(form: ValidationFields): NumberValidationInput {
  const { importMode, revalidate, services } = form;
  return {
    ...policyOf(form),
    importMode,
    revalidate,
    validators: { numverify: serviceOf(services.numverify), twilio: serviceOf(services.twilio) },
  };
}

function serviceOf({ key, removeKey, monthlyQuota, requestsPerSecond }: ServiceFields) {
  const typed = key.trim();
  return {
    monthlyQuota: Number(monthlyQuota),
    requestsPerSecond: Number(requestsPerSecond),
    ...(removeKey ? { key: null } : typed === '' ? {} : { key: typed }),
  };
}
