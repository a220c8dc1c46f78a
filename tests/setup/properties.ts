import fc from 'fast-check';
import { runSeed } from '../pair/chance.ts';

// What is tried by chance is the same for the same change.
fc.configureGlobal({ seed: runSeed() });
