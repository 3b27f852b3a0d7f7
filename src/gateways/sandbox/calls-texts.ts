/** What people say on the phone to a contractor who texted them. */
export interface Talk {
  readonly summary: readonly string[];
  readonly nextSteps: readonly string[];
  /** In turns, the business first. */
  readonly dialogue: readonly string[];
}

export const TALKS: readonly [Talk, ...Talk[]] = [
  {
    summary: [
      'The caller has two vertical cracks in the basement wall, wider since spring, and water after heavy rain.',
      'They would like an inspection this week, in the morning.',
    ],
    nextSteps: ['Offer an inspection slot on Thursday or Friday morning', 'Bring the price list for crack injection'],
    dialogue: [
      'Hello, thanks for calling back. What do you see down there?',
      'Two cracks in the wall on the street side, and it gets wet when it rains hard.',
      'We should take a look. Would a morning this week suit you?',
      'Thursday or Friday, before eleven.',
    ],
  },
  {
    summary: ['The caller asked what the free inspection includes and whether it obliges them to anything.'],
    nextSteps: ['Send the checklist of the inspection'],
    dialogue: [
      'Good day, how can I help?',
      'I got your text. What does the free inspection include?',
      'We measure the walls, look at the drainage, and leave a written report. It obliges you to nothing.',
      'Fine, send me something to read and I will get back to you.',
    ],
  },
  {
    summary: ['The caller already has an offer from another company and wants to compare prices for 40 feet of wall.'],
    nextSteps: ['Call back with a price for 40 feet of wall', 'Ask for the other offer'],
    dialogue: [
      'Hello, what can I do for you?',
      'We have an offer already, for about 40 feet. What would you charge?',
      'I need to see the wall first, but I can give you a range this afternoon.',
      'All right, call me back then.',
    ],
  },
];
