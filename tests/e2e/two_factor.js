// two_factor.js ORIGIN ENROLMENT_TOKEN PASSWORD SPKI FOLDER: second factors in a real browser: an authenticator app (whose
// codes oathtool makes), recovery codes, and a passkey in Chromium's virtual authenticator. SPKI is the hash of the
// server's key: browsers offer no keys behind a certificate that they had to be told to overlook.
const { execFileSync } = require("node:child_process");
const { chromium } = require("playwright-core");

const [origin, token, password, spki, folder] = process.argv.slice(2);
const problems = [];
const email = "owner@desk.example";

// Of now, or of `steps` later: one that was used is not used again.
function codeOf(secret, steps = 0) {
  const at = new Date(Date.now() + steps * 30000).toISOString().replace("T", " ").replace(/\..*/, " UTC");
  return execFileSync("oathtool", ["--totp", "-b", "--now", at, secret], { encoding: "utf8" }).trim();
}

async function signOut(page) {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Email").waitFor();
}

async function givePassword(page) {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
}

const isIn = (page) => page.getByRole("button", { name: "Sign out" }).waitFor();

async function openAccount(page) {
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByRole("heading", { name: "Second factors" }).waitFor();
}

async function addVirtualKey(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true,
    hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
}

(async () => {
  const context = await chromium.launchPersistentContext(`${folder}/profile`, {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium", viewport: { width: 1200, height: 900 },
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", `--ignore-certificate-errors-spki-list=${spki}`],
  });
  const page = context.pages()[0] || await context.newPage();
  page.setDefaultTimeout(15000);
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("dialog", (dialog) => dialog.accept("Laptop"));
  await addVirtualKey(page);
  await page.goto(`${origin}/#/enrol/${token}`);
  await page.getByLabel("New password").fill(password);
  await page.getByLabel("The same again").fill(password);
  await page.keyboard.press("Enter");
  await isIn(page);

  await openAccount(page);
  await page.getByRole("button", { name: "Set up an app" }).click();
  const secret = await page.locator("#totp-secret").textContent();
  if (await page.locator("svg.qr path").count() !== 2) problems.push("no QR code");
  await page.screenshot({ path: `${folder}/totp.png`, fullPage: true });
  await page.getByLabel("The code that the app shows").fill(codeOf(secret));
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("heading", { name: "Recovery codes" }).waitFor();
  const codes = await page.locator(".codes code").allTextContents();
  if (codes.length !== 10) problems.push(`${codes.length} recovery codes`);
  await page.screenshot({ path: `${folder}/codes.png`, fullPage: true });

  await signOut(page);
  await givePassword(page);
  await page.getByRole("heading", { name: "Second step" }).waitFor();
  await page.getByLabel("Code from your authenticator app").fill(codeOf(secret));  // used: it confirmed the app
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("That is not right").waitFor();
  await page.screenshot({ path: `${folder}/second-step.png` });
  await page.getByLabel("Code from your authenticator app").fill(codeOf(secret, 1));
  await page.getByRole("button", { name: "Continue" }).click();
  await isIn(page);

  await openAccount(page);
  await page.getByRole("button", { name: "Add a security key or passkey" }).click();
  await page.getByText("Passkey “Laptop”").waitFor();
  await page.getByText("(this one)").waitFor();
  await page.getByLabel("A second factor is required of").selectOption("everybody");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByText("Everybody of whom it is demanded has one.").waitFor();
  await page.screenshot({ path: `${folder}/account.png`, fullPage: true });
  await page.setViewportSize({ width: 400, height: 800 });
  if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) problems.push("the account page scrolls sideways at 400 px");
  await page.setViewportSize({ width: 1200, height: 900 });

  await signOut(page);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await isIn(page);

  for (const works of [true, false]) {
    await signOut(page);
    await givePassword(page);
    await page.getByRole("button", { name: "Use: recovery code" }).click();
    await page.getByLabel("Recovery code").fill(codes[0].toUpperCase());
    await page.getByRole("button", { name: "Continue" }).click();
    if (works) await isIn(page);
    else await page.getByText("That is not right").waitFor();
  }
  await page.getByRole("button", { name: "Use a security key" }).click();
  await page.getByRole("button", { name: "Use the security key" }).click();
  await isIn(page);
  await context.close();
  console.log(JSON.stringify({ problems }));
  process.exit(problems.length ? 1 : 0);
})().catch((error) => { console.error(String(error)); process.exit(1); });
