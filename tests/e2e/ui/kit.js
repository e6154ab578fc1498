// What every browser test of the app begins and ends with. Arguments: ORIGIN ENROLMENT_TOKEN PASSWORD SMTP_PORT FOLDER.
// Prints one JSON line {problems: […], steps: n}; screenshots go to FOLDER.
const fs = require("fs");
const nodemailer = require("nodemailer");
const { chromium } = require("playwright-core");

const [origin, token, password, smtpPort, folder] = process.argv.slice(2);
const axeSource = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const owner = "owner@desk.example";
const problems = [];
const kPatienceMs = 60000; // of a machine that has much else to do; what is there at once is not waited for
let steps = 0;

const step = (words) => { steps += 1; if (process.env.POSTERN_STEPS) console.error(`- ${words}`); };

async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

// A browser of its own for one person. Everything that the page asks elsewhere, and every error of a script, is a problem.
async function person(browser, { language = "en", width = 1280, height = 850, dark = false } = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width, height }, locale: language, colorScheme: dark ? "dark" : "light", bypassCSP: false });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  const page = await context.newPage();
  page.setDefaultTimeout(kPatienceMs);
  page.on("pageerror", (error) => problems.push(`script: ${error}`));
  page.on("console", (message) => { if (message.type() === "error" && /Content Security Policy|Uncaught/.test(message.text())) problems.push(`console: ${message.text()}`); });
  context.on("request", (request) => { if (!request.url().startsWith(origin) && /^(https?|wss?):/.test(request.url())) problems.push(`asked ${request.url()}`); });
  return page;
}

// The first owner's password by his link, or somebody else's by his; leaves him signed in.
async function enrol(page, link = token) {
  await page.goto(`${origin}/#/enrol/${link}`);
  await page.getByLabel("New password").fill(password);
  await page.getByLabel("The same again").fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

async function signIn(page, email = owner, secret = password) {
  await page.goto(`${origin}/#/`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

// To another address of the page; it has heard of it then.
const go = (page, address) => page.evaluate((hash) => new Promise((resolve) => {
  if (location.hash === `#${hash}`) { resolve(); return; }
  addEventListener("hashchange", () => setTimeout(resolve), { once: true });
  location.hash = hash;
}), address);

const must = (is, words) => { if (!is) problems.push(words); };

// Until `isSo` says yes: of what the page cannot be asked to wait for.
async function until(isSo, words = String(isSo)) {
  for (const end = Date.now() + kPatienceMs; Date.now() < end;) {
    if (await isSo()) return;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error(`not in time: ${words}`);
}

// Two pictures were drawn since: what was changed before has its layout.
const drawn = (page) => page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(() => resolve())); }));

// Until nothing in the page moves any more: no picture is drawn of something that fades, and no contrast is measured in it.
const still = (page) => page.waitForFunction(() => document.getAnimations().every((each) => each.playState !== "running"));

// What a button puts into the clipboard.
async function copied(page, button) {
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await button.click();
  let text = "";
  await until(async () => { text = await page.evaluate(() => navigator.clipboard.readText()); return text !== ""; }, "something is copied");
  return text;
}

// A request as the page itself would make it, with its session and token. Long ids come back as strings.
async function api(page, method, path, json) {
  return page.evaluate(async ([verb, address, body]) => {
    const token = (await (await fetch("/api/v2/session")).json()).session.csrf_token;
    const answer = await fetch(address, { method: verb, headers: { "Content-Type": "application/json", "X-CSRF-Token": token }, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${verb} ${address}: ${answer.status} ${text}`);
    return text ? JSON.parse(text.replace(/([:[,])(\d{16,})/g, '$1"$2"')) : null;
  }, [method, path, json]);
}

function sendMail(mail) {
  return nodemailer.createTransport({ host: "127.0.0.1", port: Number(smtpPort), requireTLS: true, tls: { rejectUnauthorized: false }, name: "client.sender.example" })
    .sendMail({ from: "Ada Lovelace <ada@sender.example>", to: "support@desk.example", ...mail });
}

// WCAG 2.2 A and AA by axe-core, run beside the page's policy rather than against it.
async function accessible(page, name) {
  const client = await page.context().newCDPSession(page);
  await client.send("Page.setBypassCSP", { enabled: true });
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const done = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], iframes: false });
    return done.violations.map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ")}`);
  });
  await client.send("Page.setBypassCSP", { enabled: false });
  for (const each of found) problems.push(`axe ${name}: ${each}`);
}

const overflows = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

// A screen in light, dark, at 400 px and in French, checked by axe in the first two; pictures <name>-<look>.png.
async function looks(page, name, ready = async () => {}) {
  const picture = async (look) => { await drawn(page); await still(page); await page.screenshot({ path: `${folder}/${name}-${look}.png` }); };
  const size = page.viewportSize();
  await ready();
  await picture("light");
  await accessible(page, `${name} light`);
  await page.emulateMedia({ colorScheme: "dark" });
  await picture("dark");
  await accessible(page, `${name} dark`);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 400, height: 850 });
  await page.waitForFunction(() => innerWidth === 400);
  await picture("narrow");
  if (await overflows(page)) problems.push(`${name} scrolls sideways at 400 px`);
  await page.setViewportSize(size);
  await page.waitForFunction((width) => innerWidth === width, size.width);
  await drawn(page);
}

// The same screen in French: the look of this browser is changed and the page is loaded anew.
async function inFrench(page, name, ready = async () => {}) {
  await page.evaluate(() => localStorage.setItem("postern.look", JSON.stringify({ ...JSON.parse(localStorage.getItem("postern.look") || "{}"), language: "fr" })));
  await page.reload();
  await page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  await ready();
  await page.screenshot({ path: `${folder}/${name}-french.png` });
  const untold = (await page.evaluate(() => document.body.innerText.match(/\b[a-z_]+\.[a-z_]+\.[a-z_]+\b/g) || [])).filter((each) => !/\.(example|com)$/.test(each));
  if (untold.length) problems.push(`${name}: words missing in French: ${untold.slice(0, 5)}`);
  await page.evaluate(() => localStorage.setItem("postern.look", JSON.stringify({ ...JSON.parse(localStorage.getItem("postern.look") || "{}"), language: "en" })));
  await page.reload();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

function run(test) {
  (async () => {
    const browser = await launch();
    try {
      await test(browser);
    } catch (error) {
      const pages = browser.contexts().flatMap((each) => each.pages());
      for (const [at, page] of pages.entries()) await page.screenshot({ path: `${folder}/failed-${at}.png` }).catch(() => {});
      problems.push(String(error.stack || error));
    }
    await browser.close();
    console.log(JSON.stringify({ problems, steps }));
    process.exit(problems.length ? 1 : 0);
  })();
}

module.exports = { kPatienceMs, until, copied, drawn, still, origin, token, password, folder, owner, problems, step, launch, person, enrol, signIn, go, must, api, sendMail, accessible, overflows, looks, inFrench, run };
