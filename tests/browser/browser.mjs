// A real Chromium, and what a page did in it.
import { chromium } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

export const BASE = process.env.KLARSTELLE_BASE;

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });

/** Opens a page that keeps count of what must not happen: messages in the console, and requests to others. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ baseURL: BASE, locale: 'de-DE', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => page.complaints.push(message.text()));
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(BASE)) page.complaints.push(`asked ${request.url()}`);
  });
  return page;
}

/** Types a text into the form and sends it; resolves to the response. */
export async function ask(page, text) {
  await page.getByRole('textbox').fill(text);
  const [response] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    page.locator('form').filter({ has: page.getByRole('textbox') }).getByRole('button').click(),
  ]);
  await page.waitForLoadState();
  return response;
}
