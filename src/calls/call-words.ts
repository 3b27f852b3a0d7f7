import { unreachable } from '../platform/result.ts';
import type { CallDirection, CallState } from './call.ts';

/** What the words for a call are made of, in the database as in the answers of the API. */
export interface ToldCall {
  readonly state: CallState;
  readonly direction: CallDirection | null;
  readonly talkedSeconds: number | null;
  readonly voicemail: { readonly durationSeconds: number | null } | null;
}

/** A call in a few words, as a thread and the list of conversations show it: "Missed call", "Voicemail 0:23", "Call 4 min". */
export function callWords(call: ToldCall): string {
  const { voicemail, direction } = call;
  if (voicemail !== null && direction !== 'outbound')
    return voicemail.durationSeconds === null ? 'Voicemail' : `Voicemail ${clockTime(voicemail.durationSeconds)}`;
  switch (call.state) {
    case 'missed':
      return 'Missed call';
    case 'unanswered':
      return 'Call, no answer';
    case 'forwarded':
      return 'Forwarded call';
    case 'completed':
      return call.talkedSeconds === null ? 'Call' : `Call ${lengthWords(call.talkedSeconds)}`;
    // The event of its end may be late or lost: no word that would be wrong an hour later.
    case 'ringing':
    case 'answered':
      return direction === 'outbound' ? 'Outgoing call' : 'Incoming call';
    default:
      return unreachable(call.state);
  }
}

/** "0:23", "12:05", "1:02:07": a place in a call, or the length of something that is played. */
export function clockTime(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const tail = String(rest).padStart(2, '0');
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, '0')}:${tail}`;
}

/** "45 s", "4 min", "1 h 5 min". */
function lengthWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
