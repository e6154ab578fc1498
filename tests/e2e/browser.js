// browser.js ORIGIN ENROLMENT_TOKEN PASSWORD SMTP_PORT FOLDER: a newcomer's first minutes in a real browser: set the
// password, sign in, see a mail arrive live, read it, answer it, add a note, solve it; then find a mail that was held
// back, make a ticket of it, and delete another. Prints one JSON line; screenshots go to FOLDER.
const nodemailer = require("nodemailer");
const { chromium } = require("playwright-core");

const [origin, token, password, smtpPort, folder] = process.argv.slice(2);
const problems = [];

function client() {
  return nodemailer.createTransport({ host: "127.0.0.1", port: Number(smtpPort), requireTLS: true, tls: { rejectUnauthorized: false }, name: "client.sender.example" });
}

async function sendMail() {
  await client().sendMail({
    from: "Ada Lovelace <ada@sender.example>", to: "support@desk.example", subject: "The engine stops",
    text: "My card is 4111 1111 1111 1111.", html: '<p>My card is <b>4111 1111</b> 1111 1111.</p><script>document.title="owned"</script><img src="https://tracker.example/x.png" onerror="document.title=1">',
    attachments: [{ filename: "notes.txt", content: "some notes" }],
  });
}

// An attachment that systems execute and that hides what it is: held back by its score.
async function sendSuspicious(subject) {
  await client().sendMail({
    from: "Bob <bob@sender.example>", to: "support@desk.example", subject, text: "See the invoice, card 4111 1111 1111 1111.",
    attachments: [{ filename: "invoice.pdf.exe", content: "MZ something" }],
  });
}

async function lookAtSuspended(page) {
  const counts = (text) => page.locator("#suspended-count", { hasText: text }).waitFor();
  await sendSuspicious("Unpaid invoice");
  await counts(/^1$/);
  await sendSuspicious("Last warning");
  await counts(/^2$/);
  await page.getByRole("link", { name: /^Suspended/ }).click();
  const wanted = page.getByRole("article", { name: "Unpaid invoice" });
  await wanted.getByText("from bob@sender.example").waitFor();
  for (const words of ["Spam suspected", "SPF pass", "DKIM none"]) {
    if (!(await wanted.getByText(words).first().isVisible())) problems.push(`no "${words}" beside the suspended mail`);
  }
  await wanted.getByRole("button", { name: "Show text" }).click();
  await wanted.getByText("See the invoice").waitFor();
  if ((await page.content()).includes("4111 1111 1111 1111")) problems.push("the card number is in the suspended mail");
  await page.screenshot({ path: `${folder}/suspended.png`, fullPage: true });
  if (await overflows(page)) problems.push("suspended mail scrolls sideways at 400 px");
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("article", { name: "Last warning" }).getByRole("button", { name: "Delete" }).click();
  await page.getByText("“Last warning” was deleted.").waitFor();
  await wanted.getByRole("button", { name: "Make a ticket" }).click();
  await page.getByText("No mail is held back.").waitFor();
  await page.getByRole("link", { name: /^ticket #/ }).click();
  await page.getByRole("heading", { name: "Unpaid invoice" }).waitFor();
  await page.getByText("See the invoice").first().waitFor();
}

const overflows = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

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
  if (await overflows(page)) problems.push("the page scrolls sideways at 400 px");
  await lookAtSuspended(page);
  if ((await page.title()) === "owned" || (await page.title()) === "1") problems.push("script of a mail ran");
  await browser.close();
  console.log(JSON.stringify({ problems }));
  process.exit(problems.length ? 1 : 0);
})().catch((error) => { console.error(String(error)); process.exit(1); });
