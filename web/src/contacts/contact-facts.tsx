import { Anchor } from '@mantine/core';
import type { Contact } from '../api/contacts.ts';
import { Fact, Facts } from '../patterns/details.tsx';
import { listWords, zoneCity } from '../patterns/format.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { addressOf, attributeLabel } from './contact-words.ts';

/** What is known of a person; what is not known is left out. */
export function ContactFacts({ contact }: { readonly contact: Contact }) {
  const { company, email, attributes, zones, lastCampaignTextAt, createdAt } = contact;
  const address = addressOf(contact);
  return (
    <Facts>
      {company === null ? null : <Fact label="Company">{company}</Fact>}
      {email === null ? null : (
        <Fact label="E-mail">
          <Anchor href={`mailto:${email}`} inherit>
            {email}
          </Anchor>
        </Fact>
      )}
      {address === '' ? null : <Fact label="Address">{address}</Fact>}
      {Object.entries(attributes).map(([name, value]) => (
        <Fact key={name} label={attributeLabel(name)}>
          {value}
        </Fact>
      ))}
      {zones.length === 0 ? null : (
        <Fact label={zones.length === 1 ? 'Time zone' : 'Time zones'}>{listWords(zones.map(zoneCity))}</Fact>
      )}
      <Fact label="Last campaign text">
        {lastCampaignTextAt === null ? 'never' : <TimeText at={lastCampaignTextAt} look="when" />}
      </Fact>
      <Fact label="Added">
        <TimeText at={createdAt} look="when" />
      </Fact>
    </Facts>
  );
}
