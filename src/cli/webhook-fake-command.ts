import { type Command, InvalidArgumentError, Option } from 'commander';
import { QUO_GENERATIONS } from '../gateways/quo/quo-payload-facts.ts';
import { countOption, repeatable, withExamples } from './options.ts';
import type { Shell } from './shell.ts';
import { FAKE_EVENT_TYPES, requireSomeType } from './webhook-fake-event.ts';
import type { FakeOptions } from './webhook-fake-options.ts';
import { LOAD_PROFILES } from './webhook-load-plan.ts';
import { table } from './words.ts';

const CONCURRENCY = 50;

export function defineFake(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright webhook fake message.received --text STOP --from +16175550123', 'one text, to the only account'],
    ['textwright webhook fake call.completed --generation v3 --count 100 --repeat 0.1', 'a tenth of them twice'],
    [
      'textwright webhook fake message.received --profile ramp --rate 500/s --seconds 30',
      'from nothing to 500 a second',
    ],
    [
      'textwright webhook fake message.undelivered --gateway twilio --count 20 --rate 5/s',
      "Twilio's, to its only account",
    ],
    [
      'textwright webhook fake contact.updated --url http://127.0.0.1:7080/hook --secret MDEy...',
      'to any local endpoint',
    ],
  ])
    .description('Post made-up events, signed as the gateway signs them, and say how they were answered')
    .argument('[type]', 'type of event; --list names them')
    .addOption(
      new Option('--gateway <gateway>', "whose events; that of the account, and Quo's without one").choices([
        'quo',
        'twilio',
      ]),
    )
    .addOption(
      new Option('--generation <generation>', "of Quo's payload; v4 where it has the type").choices(QUO_GENERATIONS),
    )
    .option('--count <n>', 'events; 1 unless a profile says how many', countOption)
    .option('--rate <n/s>', 'posts a second; as fast as they are answered without it', rateOption)
    .addOption(
      new Option(
        '--profile <profile>',
        'steady: evenly; burst: five seconds worth at once; ramp: from nothing to the rate',
      ).choices(LOAD_PROFILES),
    )
    .option('--seconds <n>', 'how long a profile goes on', countOption)
    .option('--concurrency <n>', 'posts under way at one time', countOption, CONCURRENCY)
    .option('--repeat <share>', 'share of the events that is posted twice, from 0 to 1', shareOption, 0)
    .option('--shuffle', 'post them in any order')
    .option('--url <url>', 'where to; without it, the account on this machine')
    .option('--secret <secret>', 'signs them (of Twilio, the Auth Token); without it, the newest secret of the account')
    .option('--account <account>', 'id or name; without it, the only account (of --gateway)')
    .option('--from <number>', 'who texts or calls; without it, somebody else each time')
    .option('--to <numbers>', 'who is texted or called; several with commas are a group')
    .option('--text <text>', 'what is texted')
    .option('--media <url>', 'picture that comes with the text; may be repeated', repeatable, [])
    .option('--unanswered', 'of call.completed: nobody took the call, which left a voicemail')
    .option('--anywhere', 'also to an address that is neither this machine nor a private network')
    .option('--yes', 'do not ask before posting to an account that is live')
    .option('--list', 'name every type of each gateway with its generations, and post nothing')
    .option('--json', 'print the report as one JSON object')
    .action((type: string | undefined, options: FakeOptions) => fake(type, options, shell));
}

async function fake(typed: string | undefined, options: FakeOptions, shell: Shell): Promise<void> {
  if (options.list) return list(options, shell);
  const type = requireSomeType(typed);
  const { fakeWebhooks } = await import('./webhook-fake.ts');
  await fakeWebhooks({ type, options }, shell);
}

async function list({ gateway, json }: FakeOptions, shell: Shell): Promise<void> {
  const rows = FAKE_EVENT_TYPES.filter((row) => gateway === undefined || row.gateway === gateway);
  if (json) await shell.out.json(...rows);
  else
    await shell.out.lines(
      ...table([
        ['GATEWAY', 'TYPE', 'GENERATIONS'],
        ...rows.map((row) => [row.gateway, row.type, row.generations.join(', ')]),
      ]),
    );
}

function rateOption(text: string): number {
  const rate = Number(text.replace(/\/s$/, ''));
  if (Number.isFinite(rate) && rate > 0) return rate;
  throw new InvalidArgumentError('Expected posts a second, like 50/s.');
}

function shareOption(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('Expected a share from 0 to 1.');
}
