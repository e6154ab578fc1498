// What customers see without an account, in a real browser: a request, an answer with a file, solving, the survey, the form, a link
// that does not hold. First without any script, then each page in light, dark, narrow and French, with axe-core.
const { origin, token, folder, problems, step, person, must, accessible, overflows, looks, run } = require("./kit");

const at = JSON.parse(token);  // {request, requests, rating, form}: paths

async function scriptless(browser) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false, locale: "en" });
  context.on("request", (request) => { if (!request.url().startsWith(origin)) problems.push(`asked ${request.url()}`); });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  return page;
}

run(async (browser) => {
  const plain = await scriptless(browser);
  await plain.goto(origin + at.request);
  must(await plain.getByText("My printer burns.").isVisible(), "the request is shown");
  must(await plain.getByText("Have you tried water?").isVisible(), "the answer is shown");
  must((await plain.getByText("Nobody likes this customer").count()) === 0, "a note is shown");
  step("the conversation without a script");

  const before = await plain.locator("article").count();
  await plain.getByLabel("Your message").fill("It is wet now. <b>My card is 4111 1111 1111 1111.</b>");
  await plain.getByLabel("Add files").setInputFiles({ name: "photo <1>.txt", mimeType: "text/plain", buffer: Buffer.from("a wet printer") });
  await plain.getByRole("button", { name: "Send" }).dblclick();
  await plain.getByText("Your message has arrived.").waitFor();
  must((await plain.locator("article").count()) === before + 1, "an answer whose button was pressed twice is there once");
  must((await plain.getByText("4111 1111 1111 1111").count()) === 0, "a card number is shown");
  step("an answer with a file, once");

  const file = plain.getByRole("link", { name: "photo <1>.txt" });
  const answer = await plain.context().request.get(origin + (await file.getAttribute("href")));
  must(answer.status() === 200 && (await answer.text()) === "a wet printer", "the file is given");
  must(/^attachment/.test(answer.headers()["content-disposition"]), "the file is a download");
  step("the file");

  await plain.getByRole("button", { name: "Mark as solved" }).click();
  await plain.getByText("The request is solved. Thank you.").waitFor();
  await plain.getByRole("button", { name: "Reopen" }).click();
  await plain.getByText("The request is open again.").waitFor();
  step("solved and opened again");

  await plain.goto(origin + at.rating + "?score=bad");
  must(await plain.getByLabel("Bad, I am not satisfied").isChecked(), "the link proposes a choice");
  await plain.getByLabel("Good, I am satisfied").check();
  await plain.getByLabel("Anything else you would like to tell us").fill("Thank you");
  await plain.getByRole("button", { name: "Send my opinion" }).click();
  await plain.getByText("You may change your opinion here").waitFor();
  step("the survey");

  await plain.goto(origin + at.form);
  await plain.getByLabel("Your name").fill("Eve");
  await plain.getByLabel("Your mail address, to which we answer").fill("eve@customer.example");
  await plain.getByLabel("What is it about?").fill("Toner");
  await plain.getByLabel("Your message").fill("Where do I buy toner?");
  await plain.waitForTimeout(3500);
  await plain.getByRole("button", { name: "Send" }).click();
  await plain.getByText("Your request has arrived.").waitFor();
  step("the form");

  const pages = { conversation: at.request, requests: at.requests, rating: at.rating, form: at.form, gone: "/requests/nothing" };
  const english = await person(browser);
  const french = await person(browser, { language: "fr-FR", width: 400, dark: true });
  const words = { conversation: "Votre message", requests: "Vos demandes", rating: "Que pensez-vous", form: "Écrivez-nous", gone: "Ce lien ne fonctionne pas" };
  for (const [name, path] of Object.entries(pages)) {
    await english.goto(origin + path);
    await looks(english, `customer-${name}`);
    await french.goto(origin + path);
    must(await french.getByText(words[name]).first().isVisible(), `${name} is in French`);
    await accessible(french, `customer-${name} French`);
    must(!(await overflows(french)), `${name} scrolls sideways in French at 400 px`);
    await french.screenshot({ path: `${folder}/customer-${name}-french.png`, fullPage: true });
    step(`${name} looks right`);
  }
  // By keyboard alone: the message, then the button.
  await english.goto(origin + at.request);
  await english.getByLabel("Your message").focus();
  await english.keyboard.type("By keyboard.");
  for (let i = 0; i < 6 && (await english.evaluate(() => document.activeElement.tagName)) !== "BUTTON"; i += 1) await english.keyboard.press("Tab");
  await english.keyboard.press("Enter");
  await english.getByText("Your message has arrived.").waitFor();
  step("by keyboard");
});
