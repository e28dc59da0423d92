// A page, light and dark, left to right and right to left: nothing that axe knows to be wrong, nothing in the console.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { ask, open } from './browser.mjs';

const SHOTS = new URL('./screenshots/', import.meta.url).pathname;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
// Of all, the ones worth a look.
const SHOWN = new Set(['de-light', 'en-dark', 'ar-light']);
// Chromium itself reports a failed document in the console.
const isOurs = (complaint) => !/Failed to load resource: the server responded with a status of 4\d\d/.test(complaint);

mkdirSync(SHOTS, { recursive: true });
export const shoot = (page, name) => page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true });

/** Ways to a page: each takes a page and a language, and resolves to the response. */
export const at = (path, status = 200) => async (page, lang) => {
  const response = await page.goto(`${path}?lang=${lang}`);
  assert.equal(response.status(), status);
  return response;
};
export const asked = (text) => async (page, lang) => {
  await page.goto(`/?lang=${lang}`);
  return ask(page, text);
};

export function check(launched, name, visit) {
  for (const lang of ['de', 'en', 'ar']) {
    test(`${name} in ${lang}`, async () => {
      const page = await open(launched());
      const response = await visit(page, lang);
      assert.equal(response.headers()['content-security-policy'], POLICY);
      assert.equal(await page.locator('html').getAttribute('lang'), lang);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
        assert.deepEqual(violations.map((one) => [one.id, one.nodes.map((node) => node.html)]), []);
        if (SHOWN.has(`${lang}-${colorScheme}`)) await shoot(page, `${name}-${lang}-${colorScheme}`);
      }
      assert.deepEqual(page.complaints.filter(isOurs), []);
      await page.context().close();
    });
  }
}

export async function fits(page, what) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${what}: ${overflow} pixels too wide`);
}
