// What people come for: they ask, and see what is known.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, launch, open } from './browser.mjs';
import { CHECKED, UNKNOWN } from './data.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const heading = (page) => page.getByRole('heading', { level: 1 });

test('a known rumour shows its debunk, whose it is, and why it matched', async () => {
  const page = await open(browser, { locale: 'en-GB' });
  await page.goto('/');
  const response = await ask(page, CHECKED);
  assert.equal(response.status(), 200);
  assert.equal(response.headers()['cache-control'], 'no-store');
  assert.equal(await heading(page).textContent(), 'Known claim, checked');
  const claim = page.getByRole('article').first();
  assert.match(await claim.getByRole('heading', { level: 2 }).textContent(), /postal votes/i);
  assert.match(await claim.locator('.confidence').textContent(), /\d+% \S/);
  const check = claim.locator('.check').first();
  assert.match(await check.textContent(), /False/);
  assert.equal(await check.locator('.publisher').textContent(), 'Faktenwerft');
  const link = check.getByRole('link');
  assert.match(await link.getAttribute('href'), /^https?:\/\//);
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer nofollow ugc');
  assert.ok(await claim.locator('.why li').count() > 0);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('an unknown rumour is told to be unknown, and not to be true', async () => {
  const page = await open(browser);
  await page.goto('/');
  await ask(page, UNKNOWN);
  assert.equal(await heading(page).textContent(), 'Dazu ist nichts bekannt');
  assert.match(await page.locator('.finding .lead').textContent(), /heißt nicht, dass sie stimmt/);
  assert.equal(await page.getByRole('article').count(), 0);
  await page.context().close();
});

test('what was asked stands in no address, in no cookie, and in the form again', async () => {
  const page = await open(browser);
  await page.goto('/?lang=tr');
  await ask(page, UNKNOWN);
  assert.equal(new URL(page.url()).search, '?lang=tr');
  assert.deepEqual(await page.context().cookies(), []);
  assert.equal(await page.getByRole('textbox').inputValue(), UNKNOWN);
  await page.context().close();
});

test('everything works without JavaScript', async () => {
  const page = await open(browser, { javaScriptEnabled: false });
  await page.goto('/');
  await ask(page, CHECKED);
  await page.locator('.languages summary').click();
  await page.getByRole('button', { name: 'العربية' }).click();
  await page.waitForLoadState();
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
  assert.equal(await heading(page).textContent(), 'ادعاء معروف جرى التحقق منه');
  await page.locator('.more a').first().click();
  await page.waitForURL(/\/claims\/[0-9a-f-]+\?lang=ar$/);
  assert.match(await heading(page).textContent(), /postal votes/i);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('an empty form is answered at the field', async () => {
  const page = await open(browser);
  await page.goto('/');
  const response = await ask(page, '   ');
  assert.equal(response.status(), 422);
  assert.match(await page.title(), /^Fehler: /);
  const field = page.getByRole('textbox');
  assert.equal(await page.getByRole('alert').textContent(), 'Bitte geben Sie einen Satz oder eine Adresse ein.');
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.match(await field.getAttribute('aria-describedby'), /text-fault/);
  assert.ok(await field.evaluate((element) => element === document.activeElement));
  await page.context().close();
});

test('a text that is too long is answered with a page', async () => {
  const page = await open(browser);
  await page.goto('/');
  const response = await ask(page, 'a'.repeat(70_000));
  assert.equal(response.status(), 413);
  assert.equal(await heading(page).textContent(), 'Der Text ist zu lang');
  assert.match(await page.locator('.request code').textContent(), /^[0-9a-f-]{36}$/);
  await page.context().close();
});

test('the keyboard alone is enough', async () => {
  const page = await open(browser, { locale: 'en' });
  await page.goto('/');
  const focused = () => page.evaluate(() => {
    const element = document.activeElement;
    return { text: element.textContent.trim(), tag: element.tagName, outline: getComputedStyle(element).outlineStyle };
  });
  const seen = [];
  for (let step = 0; step < 5; step += 1) {
    await page.keyboard.press('Tab');
    seen.push(await focused());
  }
  assert.deepEqual(seen.map((one) => one.tag), ['A', 'A', 'SUMMARY', 'TEXTAREA', 'BUTTON']);
  assert.equal(seen[0].text, 'Skip to content');
  assert.ok(seen.every((one) => one.outline === 'solid'), JSON.stringify(seen));
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type(CHECKED);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('.finding'));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal((await focused()).tag, 'MAIN');
  await page.keyboard.press('Tab');
  assert.match((await focused()).text, /\S/);
  await page.context().close();
});

test('the language follows the browser until somebody chooses one', async () => {
  for (const [locale, wanted] of [['uk-UA', 'uk'], ['pl', 'pl'], ['fr-FR', 'en'], ['de-AT', 'de']]) {
    const page = await open(browser, { locale });
    await page.goto('/');
    assert.equal(await page.locator('html').getAttribute('lang'), wanted);
    await page.locator('.languages summary').click();
    await page.getByRole('link', { name: 'Türkçe' }).click();
    await page.waitForURL(/\?lang=tr$/);
    assert.equal(await page.locator('html').getAttribute('lang'), 'tr');
    await page.getByRole('link', { name: 'Klarstelle' }).click();
    assert.equal(await page.locator('html').getAttribute('lang'), 'tr');
    await page.context().close();
  }
});
