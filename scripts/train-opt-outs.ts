import { writeFileSync } from 'node:fs';
import { REPLIES } from '../test/labelled-replies.ts';
import { learnedWeightsFile, WEIGHTS_FILE } from '../test/opt-out-weights-file.ts';

/** `npm run train:opt-outs`: learns anew from the labelled replies how much a reply resembles opt-outs. */
writeFileSync(WEIGHTS_FILE, learnedWeightsFile(REPLIES));
