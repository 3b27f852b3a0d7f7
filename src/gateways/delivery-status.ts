import type { DeliveryStatus } from './gateway.ts';

/**
 * The words of Quo (both generations) and of Twilio, which Quo passes on. One that we do not know keeps the lowest rank, so that a
 * later report still counts.
 */
export function deliveryStatus(status: string | null | undefined): DeliveryStatus {
  switch (status) {
    case 'sent':
    case 'sending':
      return 'sent';
    case 'delivered':
    case 'read':
    case 'partially_delivered':
      return 'delivered';
    case 'undelivered':
      return 'undelivered';
    case 'failed':
    case 'canceled':
      return 'failed';
    default:
      return 'queued';
  }
}
