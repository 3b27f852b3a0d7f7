import { settlement } from '../http/contract/settlement.ts';
import { type Db, runTx } from '../platform/database.ts';
import { parseId, showId } from '../platform/ids.ts';
import { type HandDecision, handDecision, settleByHand } from '../sending/settle-by-hand.ts';
import { findText, type TextName } from '../sending/settle-store.ts';
import { confirmByTyping } from './confirm.ts';
import { findCampaign } from './find-campaign.ts';
import { findContact } from './find-contact.ts';
import { actor, granted, withServices } from './open-services.ts';
import { type Shell, UsageError } from './shell.ts';

export interface SettleOptions {
  readonly outcome: HandDecision['outcome'];
  readonly gatewayId?: string;
  readonly reason: string;
  readonly yes?: true;
  readonly json?: true;
}

/** A text by its name, whom it is to, and how it is called in JSON. */
interface Named {
  readonly text: TextName;
  readonly phone: string;
  readonly shown: Readonly<Record<string, string>>;
}

/** `textwright campaign settle`: the campaign's text to one person. */
export const settleOfCampaign = (
  reference: string,
  options: SettleOptions & { readonly contact: string },
  shell: Shell,
): Promise<void> =>
  settleText(shell, options, async (db) => {
    const campaign = await findCampaign(db, reference);
    const { id: contactId, phone } = await findContact(db, options.contact);
    return { text: { campaignId: campaign.id, contactId }, phone, shown: { contactId: showId('contact', contactId) } };
  });

/** `textwright message settle`: any text of ours. */
export function settleMessage(reference: string, options: SettleOptions, shell: Shell): Promise<void> {
  const messageId = parseId('message', reference);
  if (messageId === undefined)
    throw new UsageError(
      `"${reference}" is no id like msg_0193f6c2a1b47c3d8e5f60718293a4b5: "message unknown" lists them`,
    );
  return settleText(shell, options, async (db) => {
    const text = { messageId };
    // One that is not there is refused below, in the words of the product.
    const phone = (await findText(db, text))?.phone ?? reference;
    return { text, phone, shown: { messageId: reference } };
  });
}

async function settleText(shell: Shell, options: SettleOptions, find: (db: Db) => Promise<Named>): Promise<void> {
  const { outcome, gatewayId, yes = false, json } = options;
  const body = settlement.safeParse({
    outcome,
    reason: options.reason,
    ...(gatewayId === undefined ? {} : { gatewayMessageId: gatewayId }),
  });
  if (!body.success)
    throw new UsageError(body.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const { text, phone, shown } = await find(db);
    if (outcome === 'send_again') {
      shell.tell('If the gateway did take the text after all, this person gets it twice');
      await confirmByTyping(shell, { expected: phone, what: 'the number', yes });
    }
    const { reason } = body.data;
    const input = { text, decision: handDecision(body.data), reason, by: actor() };
    const settled = granted(await runTx(db, (tx) => settleByHand(tx, services, input)));
    if (json) await shell.out.json({ ...shown, state: settled.state });
    else await shell.out.lines(`The text to ${phone} is ${settled.state} now`);
  });
}
