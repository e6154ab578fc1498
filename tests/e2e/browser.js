// browser.js ORIGIN ENROLMENT_TOKEN PASSWORD SMTP_PORT FOLDER: a newcomer's first minutes in a real browser: set the
// password, sign in, see a mail arrive live, read it, answer it, add a note, solve it. Prints one JSON line; screenshots
// go to FOLDER.
const nodemailer = require("nodemailer");
const { chromium } = require("playwright-core");

const [origin, token, password, smtpPort, folder] = process.argv.slice(2);
const problems = [];

async function sendMail() {
  const transport = nodemailer.createTransport({ host: "127.0.0.1", port: Number(smtpPort), requireTLS: true, tls: { rejectUnauthorized: false }, name: "client.sender.example" });
  await transport.sendMail({
    from: "Ada Lovelace <ada@sender.example>", to: "support@desk.example", subject: "The engine stops",
    text: "My card is 4111 1111 1111 1111.", html: '<p>My card is <b>4111 1111</b> 1111 1111.</p><script>document.title="owned"</script><img src="https://tracker.example/x.png" onerror="document.title=1">',
    attachments: [{ filename: "notes.txt", content: "some notes" }],
  });
}

(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1200, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(origin) && /^https?:/.test(request.url())) problems.push("asked " + request.url()); });

  await page.goto(`${origin}/#/enrol/${token}`);
  await page.getByLabel("New password").fill(password);
  await page.getByLabel("The same again").fill(password);
  await page.screenshot({ path: `${folder}/enrol.png` });
  await page.keyboard.press("Enter");
  await page.getByLabel("Password", { exact: true }).or(page.getByRole("heading", { name: /tickets/i })).first().waitFor();
  if (await page.getByLabel("Email").count()) {
    await page.getByLabel("Email").fill("owner@desk.example");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.screenshot({ path: `${folder}/sign-in.png` });
    await page.keyboard.press("Enter");
  }
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await sendMail();
  await page.getByText("The engine stops").first().waitFor();
  await page.screenshot({ path: `${folder}/list.png` });
  await page.getByText("The engine stops").first().click();
  await page.getByLabel("Text", { exact: true }).waitFor();
  await page.getByText("notes.txt").first().waitFor();
  await page.screenshot({ path: `${folder}/ticket.png`, fullPage: true });
  const seen = await page.content();
  if (seen.includes("4111 1111 1111 1111")) problems.push("the card number is on the page");

  await page.getByLabel("Text", { exact: true }).fill("We are looking at it.");
  await page.getByRole("button", { name: "Send public reply" }).click();
  await page.getByText("We are looking at it.").first().waitFor();
  await page.getByText("Internal note").first().click();
  await page.getByLabel("Text", { exact: true }).fill("She is a good customer.");
  await page.getByRole("button", { name: "Add internal note" }).click();
  await page.getByText("She is a good customer.").first().waitFor();
  await page.screenshot({ path: `${folder}/answered.png`, fullPage: true });
  await page.setViewportSize({ width: 400, height: 800 });
  await page.screenshot({ path: `${folder}/narrow.png`, fullPage: true });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  if (overflow) problems.push("the page scrolls sideways at 400 px");
  if ((await page.title()) === "owned" || (await page.title()) === "1") problems.push("script of a mail ran");
  await browser.close();
  console.log(JSON.stringify({ problems }));
  process.exit(problems.length ? 1 : 0);
})().catch((error) => { console.error(String(error)); process.exit(1); });
