import { sendPagerDutyEvent } from '../integrations/pagerduty.ts';
import type { Config } from '../platform/config.ts';
import type { Db } from '../platform/database.ts';
import { smtpMailer } from '../platform/mail.ts';
import { err, ok, type Result, unreachable } from '../platform/result.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { Channel } from './alert.ts';
import { getAlertSettings, listOwnerAddresses } from './alert-settings-store.ts';
import { mailOf, type Notice, pagerDutyEventOf } from './notice-words.ts';

export interface ChannelDeps {
  readonly db: Db;
  readonly config: Pick<Config, 'smtpUrl' | 'mailFrom' | 'pagerDutyUrl'>;
  readonly secrets: Pick<Secrets, 'open'>;
}

/** `note`: what was not as wished although the notice is out. */
export type Sent = Result<
  { readonly reached: string; readonly note: string | null },
  { readonly final: boolean; readonly message: string }
>;

/** Sends one notice through one channel as it is set up now. Expected failures are values. */
export function sendNotice(deps: ChannelDeps, channel: Channel, notice: Notice): Promise<Sent> {
  switch (channel) {
    case 'mail':
      return sendByMail(deps, notice);
    case 'pagerduty':
      return sendToPagerDuty(deps, notice);
    default:
      return unreachable(channel);
  }
}

async function sendByMail({ db, config }: ChannelDeps, notice: Notice): Promise<Sent> {
  const { smtpUrl, mailFrom } = config;
  if (smtpUrl === undefined || mailFrom === undefined)
    return err({ final: false, message: 'this process knows no mail server: start it with SMTP_URL and MAIL_FROM' });
  const { recipients } = await getAlertSettings(db);
  const to = recipients.length > 0 ? recipients : await listOwnerAddresses(db);
  if (to.length === 0)
    return err({ final: true, message: 'nobody to write to: name recipients under Settings, Alerts' });
  const sent = await smtpMailer({ url: smtpUrl, from: mailFrom }).send(mailOf(notice, to));
  if (!sent.ok) return sent;
  const { refused } = sent.value;
  const reached = to.filter((address) => !refused.includes(address)).join(', ');
  return ok({ reached, note: refused.length === 0 ? null : `the mail server refused ${refused.join(', ')}` });
}

async function sendToPagerDuty({ db, config, secrets }: ChannelDeps, notice: Notice): Promise<Sent> {
  const { pagerDutyKeySealed } = await getAlertSettings(db);
  if (pagerDutyKeySealed === null)
    return err({ final: true, message: 'the PagerDuty key was removed: set one under Settings, Alerts' });
  const account = { url: config.pagerDutyUrl, routingKey: secrets.open(pagerDutyKeySealed) };
  const sent = await sendPagerDutyEvent(account, pagerDutyEventOf(notice));
  return sent.ok ? ok({ reached: new URL(account.url).host, note: null }) : sent;
}
