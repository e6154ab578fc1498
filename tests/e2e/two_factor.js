// two_factor.js ORIGIN ENROLMENT_TOKEN PASSWORD SPKI FOLDER: second factors in a real browser: an authenticator app (whose
// codes oathtool makes), recovery codes, a passkey in Chromium's virtual authenticator, a remembered device, the proof that
// is asked for again, and the page of who must have a factor first. SPKI is the hash of the server's key: browsers offer no
// keys behind a certificate that they had to be told to overlook.
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const { chromium } = require("playwright-core");

const [origin, token, password, spki, folder] = process.argv.slice(2);
const problems = [];
const email = "owner@desk.example";
const step = (words) => { if (process.env.POSTERN_STEPS) console.error(`- ${words}`); };

// Of now, or of `steps` later: one that was used is not used again.
function codeOf(secret, steps = 0) {
  const at = new Date(Date.now() + steps * 30000).toISOString().replace("T", " ").replace(/\..*/, " UTC");
  return execFileSync("oathtool", ["--totp", "-b", "--now", at, secret], { encoding: "utf8" }).trim();
}

const isIn = (page) => page.getByRole("button", { name: "Sign out" }).waitFor();

async function signOut(page) {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("E-mail").waitFor();
}

async function givePassword(page) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
}

async function openFactors(page) {
  await page.evaluate(() => { location.hash = "/account?tab=security"; });
  await page.getByRole("heading", { name: "Second factors" }).waitFor();
}

async function confirm(page, action) {
  await page.getByRole("dialog").getByRole("button", { name: action, exact: true }).click();
}

async function answerCode(page, code) {
  await page.getByLabel("Code from your authenticator app").fill(code);
  await page.getByRole("button", { name: "Continue" }).click();
}

async function addVirtualKey(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true,
    hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
}

async function setUpApp(page) {
  step("an app, with its QR code and recovery codes");
  await openFactors(page);
  await page.getByRole("button", { name: "Set up an app" }).click();
  const secret = await page.locator("#totp-secret").textContent();
  if (await page.locator("svg.qr path").count() !== 2) problems.push("no QR code");
  await page.screenshot({ path: `${folder}/totp.png`, fullPage: true });
  await page.getByLabel("The code that the app shows").fill("000000");
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("That is not the code of this secret").waitFor();
  const used = codeOf(secret);
  await page.getByLabel("The code that the app shows").fill(used);
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("They are not shown again").waitFor();
  const codes = await page.locator(".codes code").allTextContents();
  if (codes.length !== 10) problems.push(`${codes.length} recovery codes`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as a file" }).click()]);
  const kept = fs.readFileSync(await download.path(), "utf8");
  if (!codes.every((each) => kept.includes(each))) problems.push("the file lacks recovery codes");
  await page.screenshot({ path: `${folder}/codes.png`, fullPage: true });
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("10 left").waitFor();
  if (await page.locator(".codes code").count() > 0) problems.push("the codes are still shown");
  return { secret, codes, used };
}

async function secondStep(page, secret, used) {
  step("a code works once; a device is remembered, and is no proof");
  await signOut(page);
  await givePassword(page);
  await page.getByRole("heading", { name: "Second step" }).waitFor();
  await answerCode(page, used);  // it confirmed the app; the clock may have moved on since
  await page.getByText("That is not right").waitFor();
  await page.screenshot({ path: `${folder}/second-step.png` });
  await page.getByLabel("Do not ask on this device for 30 days").check();
  await answerCode(page, codeOf(secret, 1));
  await isIn(page);
  await signOut(page);
  await givePassword(page);
  await isIn(page);
}

async function passkey(page, codes) {
  step("a proof is asked for, and what was refused is done after it");
  await openFactors(page);
  await page.getByRole("button", { name: "Add a security key or passkey" }).click();
  await page.getByLabel("A name for this key").fill("Laptop");
  await page.getByRole("dialog").getByRole("button", { name: "Continue" }).click();
  const proof = page.getByRole("dialog", { name: "Prove that it is you" });
  await proof.getByRole("button", { name: "Use a recovery code" }).click();
  await proof.getByLabel("Recovery code").fill("wrong-wrong");
  await proof.getByRole("button", { name: "Continue" }).click();
  await proof.getByText("That is not right").waitFor();
  await page.screenshot({ path: `${folder}/proof.png` });
  await proof.getByLabel("Recovery code").fill(codes[9]);
  await proof.getByRole("button", { name: "Continue" }).click();
  await page.getByText("Passkey “Laptop”").waitFor();
  await page.getByRole("button", { name: "Rename the key “Laptop”" }).click();
  await page.getByLabel("A name for this key").fill("Desk");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("Passkey “Desk”").waitFor();
  await page.getByText("9 left").waitFor();
  await page.screenshot({ path: `${folder}/factors.png`, fullPage: true });
  await page.setViewportSize({ width: 400, height: 800 });
  if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) problems.push("the account page scrolls sideways at 400 px");
  await page.setViewportSize({ width: 1200, height: 900 });
  step("the remembered device is forgotten");
  await page.evaluate(() => { location.hash = "/account?tab=sessions"; });
  await page.getByText("remembered until").first().waitFor();
  await page.getByRole("row", { name: /remembered until/ }).getByRole("button", { name: /^Forget/ }).click();
  await confirm(page, "Forget");
  await page.getByText("remembered until").waitFor({ state: "detached" });
}

async function everyWayIn(page, codes) {
  step("passkey alone; recovery codes, once each; the key as second step");
  await signOut(page);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await isIn(page);
  for (const works of [true, false]) {
    await signOut(page);
    await givePassword(page);
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code").fill(codes[0].toUpperCase());
    await page.getByRole("button", { name: "Continue" }).click();
    if (works) await isIn(page);
    else await page.getByText("That is not right").waitFor();
  }
  await page.getByRole("button", { name: "Use a security key" }).click();
  await page.getByRole("button", { name: "Use the security key" }).click();
  await isIn(page);
}

async function demandIt(page) {
  step("demanded of everybody at once: others have to set it up before anything else");
  await page.evaluate(() => { location.hash = "/security/sign-in"; });
  await page.getByLabel("A second factor is required of").selectOption("everybody");
  await page.getByLabel("Days to set it up").fill("0");
  await page.locator("form", { hasText: "A second factor is required of" }).getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByText("Everybody of whom it is demanded has one.").waitFor();
  await page.evaluate(() => { location.hash = "/people"; });
  await page.getByRole("button", { name: "Invite somebody" }).click();
  await page.getByLabel("E-mail").fill("ann@desk.example");
  await page.getByRole("button", { name: "Make the invitation" }).click();
  const link = await page.locator("code.secret").textContent();
  const ann = await (await page.context().browser().newContext({ ignoreHTTPSErrors: true, locale: "en" })).newPage();
  ann.setDefaultTimeout(60000);
  ann.on("pageerror", (error) => problems.push(`of the other: ${error}`));
  await ann.goto(link);
  await ann.getByLabel("New password").fill("another long pass phrase");
  await ann.getByLabel("The same again").fill("another long pass phrase");
  await ann.keyboard.press("Enter");
  await ann.getByRole("heading", { name: "Set up a second factor" }).waitFor();
  if (!(await ann.getByRole("button", { name: "Go on to the desk" }).isDisabled())) problems.push("one may go on without a factor");
  await ann.screenshot({ path: `${folder}/must-enrol.png`, fullPage: true });
  await ann.getByRole("button", { name: "Set up an app" }).click();
  const secret = await ann.locator("#totp-secret").textContent();
  await ann.getByLabel("The code that the app shows").fill(codeOf(secret));
  await ann.getByRole("button", { name: "Confirm" }).click();
  await ann.getByRole("button", { name: "I have kept them" }).click();
  await ann.getByRole("button", { name: "Go on to the desk" }).click();
  await ann.getByRole("link", { name: "My account" }).waitFor();
  step("demanded of nobody again");
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.evaluate(() => { location.hash = "/security/sign-in"; });
  await page.getByLabel("A second factor is required of").selectOption("none");
  const kept = page.waitForResponse((answer) => answer.request().method() === "PUT" && answer.url().includes("security_policy"));
  await page.locator("form", { hasText: "A second factor is required of" }).getByRole("button", { name: "Save" }).click();
  if (!(await kept).ok()) problems.push("the policy was not kept");
}

(async () => {
  const context = await chromium.launchPersistentContext(`${folder}/profile`, {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium", viewport: { width: 1200, height: 900 }, locale: "en",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", `--ignore-certificate-errors-spki-list=${spki}`],
  });
  const page = context.pages()[0] || await context.newPage();
  page.setDefaultTimeout(60000);
  page.on("pageerror", (error) => problems.push(String(error)));
  try {
    await addVirtualKey(page);
    await page.goto(`${origin}/#/enrol/${token}`);
    await page.getByLabel("New password").fill(password);
    await page.getByLabel("The same again").fill(password);
    await page.keyboard.press("Enter");
    await isIn(page);
    const { secret, codes, used } = await setUpApp(page);
    await secondStep(page, secret, used);
    await passkey(page, codes);
    await everyWayIn(page, codes);
    await demandIt(page);
  } catch (error) {
    const pages = (context.browser()?.contexts() ?? [context]).flatMap((each) => each.pages());
    for (const [at, each] of pages.entries()) await each.screenshot({ path: `${folder}/failed-${at}.png` }).catch(() => {});
    problems.push(String(error.stack || error));
  }
  await context.close();
  console.log(JSON.stringify({ problems }));
  process.exit(problems.length ? 1 : 0);
})().catch((error) => { console.error(String(error)); process.exit(1); });
