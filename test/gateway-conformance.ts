import { describe } from 'vitest';
import { describeEvents } from './gateway-conformance/events.ts';
import { describeNetworkFailures } from './gateway-conformance/network-failures.ts';
import { describeReading } from './gateway-conformance/reading.ts';
import { describeRecords } from './gateway-conformance/records.ts';
import { describeRegistrations } from './gateway-conformance/registrations.ts';
import { describeSending } from './gateway-conformance/sending.ts';
import type { OpenWorld } from './gateway-conformance/world.ts';

/** What every gateway adapter must do, whatever its wire format, capability by capability. */
export function describeGatewayConformance(name: string, openWorld: OpenWorld): void {
  describe(`${name}: gateway conformance`, () => {
    describeSending(openWorld);
    describeNetworkFailures(openWorld);
    describeReading(openWorld);
    describeRecords(openWorld);
    describeRegistrations(openWorld);
    describeEvents(openWorld);
  });
}
