// What the server under test knows. The first two questions fit the bundled fixture web (`klarstelle demo`); the rest comes
// from the server that tests/it/browser.rs fills, in the file named by KLARSTELLE_SEEDED.
import { readFileSync } from 'node:fs';

/** Its verdict is "False", by Faktenwerft. */
export const CHECKED = 'Postal votes in the Wexmere by-election were counted twice!';
export const UNKNOWN = 'Jeder Student in Münsterbruch bekommt ein Gratis-Pony';

const seeded = process.env.KLARSTELLE_SEEDED ? JSON.parse(readFileSync(process.env.KLARSTELLE_SEEDED, 'utf8')) : null;

/** `{ long, unchecked, rated, hostile }`: paths of claims; `copies`: of kept copies, for holders of `key`; `null` against any other server. */
export const SEEDED = seeded;

export const PAYLOADS = readFileSync(new URL('../../fixtures/xss/payloads.txt', import.meta.url), 'utf8').trim().split('\n');
