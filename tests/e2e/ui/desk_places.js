// desk_places.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: the places beside the ticket lists. Search with its help, highlighting and
// kept searches; mail that was held back, with the parts of its score; customers and organisations; a new ticket.
const { api, enrol, go, inFrench, looks, person, problems, run, sendMail, step, until } = require("./kit");

const expect = (isSo, words) => { if (!isSo) problems.push(words); };
const kHostile = '<script>document.title="owned"</script>';

async function search(page) {
  step("search as one types, with what was found marked, and help");
  await sendMail({ subject: "The café is on fire", text: `The printer in the café smokes ${kHostile} since Monday.` });
  await sendMail({ subject: "Coffee", text: "The printer is fine." });
  await page.getByText("The café is on fire").first().waitFor();
  await page.keyboard.press("/");
  await page.getByRole("heading", { name: "Query help" }).waitFor();
  await looks(page, "search-help");
  await page.getByLabel("Search tickets").focus();
  await page.keyboard.type("CAFE printer");
  await page.getByRole("link", { name: /The café is on fire/ }).waitFor();
  await page.getByText("1 ticket", { exact: true }).waitFor(); // of the whole query, not of its beginning
  await until(async () => { const marks = await page.locator("mark").allInnerTexts(); return marks.includes("café") && marks.includes("printer"); }, "both words are marked");
  expect(!(await page.getByRole("link", { name: /^NewCoffee/ }).count()), "a ticket without the words was found");
  expect((await page.locator("main script").count()) === 0 && (await page.title()) !== "owned", "markup of a mail is markup in the results");
  await page.getByText("<script>").first().waitFor();
  await page.locator("[data-where=comment]", { hasText: "Message" }).first().waitFor();
  await looks(page, "search");
  await inFrench(page, "search", () => page.getByText("The café is on fire").first().waitFor());
  step("results have keys; Enter opens; the address is the query");
  await page.getByRole("link", { name: /The café is on fire/ }).waitFor();
  await page.getByLabel("Search tickets").press("Escape");
  await page.keyboard.press("j");
  await page.waitForFunction(() => document.activeElement?.closest("[data-at]"));
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /^#\/tickets\/\d+\?comment=\d+$/.test(location.hash));
  step("it is opened at the message in which it was found");
  await page.waitForFunction(() => document.activeElement?.matches("[data-comment]") && location.hash.endsWith(`comment=${document.activeElement.dataset.id}`));
  await page.goBack();
  await page.getByText("The café is on fire").first().waitFor();
  expect((await page.getByLabel("Search tickets").inputValue()) === "CAFE printer", "going back forgets the query");
  step("a wrong keyword is named in its place; nothing found says so");
  await page.getByLabel("Search tickets").fill("colour:red");
  await page.getByRole("alert").filter({ hasText: "there is no such keyword" }).waitFor();
  await page.getByLabel("Search tickets").fill("zebra");
  await page.getByText("Nothing was found.").waitFor();
  step("a search about fields is kept as a personal view, one for words is not");
  await page.getByLabel("Search tickets").fill("printer status:new");
  await page.getByText("2 tickets", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Keep as a view" }).click();
  await page.getByText("This search has words that stand in the text").waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Search tickets").fill("status<solved assignee:none");
  await page.getByText("2 tickets", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Keep as a view" }).click();
  await page.getByLabel("Name of the view").fill("For anybody");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "For anybody" }).waitFor();
  await page.getByRole("link", { name: /^For anybody/ }).locator("[data-count]").filter({ hasText: /^2$/ }).waitFor();
}

async function held(page) {
  step("held mail: counted live, why, the parts of its score, its text on asking");
  for (const subject of ["Unpaid invoice", "Last warning", "One more", "And another"]) {
    await sendMail({ from: "Bob <bob@sender.example>", subject, text: "See the invoice, card 4111 1111 1111 1111.", attachments: [{ filename: "invoice.pdf.exe", content: "MZ something" }] });
  }
  await page.locator("#suspended-count", { hasText: /^4$/ }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  const mail = page.getByRole("article", { name: "Unpaid invoice" });
  await mail.getByText("from bob@sender.example to support@desk.example").waitFor();
  await mail.getByRole("button", { name: /^Score breakdown/ }).click();
  await mail.getByRole("row", { name: /DOUBLE_EXTENSION/ }).waitFor();
  await mail.getByRole("button", { name: "Show text" }).click();
  await mail.getByText("See the invoice").waitFor();
  await mail.getByText("invoice.pdf.exe").waitFor();
  expect(!(await page.content()).includes("4111 1111 1111 1111"), "the card number is in the held mail");
  await looks(page, "suspended");
  await inFrench(page, "suspended", () => page.getByRole("article", { name: "Unpaid invoice" }).waitFor());
  step("by keyboard: the next message becomes a ticket");
  await mail.waitFor();
  await page.keyboard.press("j");
  await page.waitForFunction(() => document.activeElement?.closest("[data-held]"));
  await page.keyboard.press("e");
  await page.getByRole("link", { name: /^ticket #/ }).waitFor();
  await page.locator("#suspended-count", { hasText: /^3$/ }).waitFor();
  step("deleting asks first; many are recovered together; a sender is always held, and let in again");
  await page.getByRole("article", { name: "Last warning" }).getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByText("It cannot be brought back.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("“Last warning” was deleted.").waitFor();
  await page.getByLabel("Select all shown").click();
  await page.getByRole("button", { name: "Make 2 tickets" }).click();
  await page.getByText("2 tickets were made.").waitFor();
  await page.getByText(/^No mail is held back\./).waitFor();
  await sendMail({ from: "Bob <bob@sender.example>", subject: "Again", text: "Hello", attachments: [{ filename: "a.pdf.exe", content: "MZ" }] });
  await page.getByRole("article", { name: "Again" }).getByRole("button", { name: "Always hold this sender" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Always hold this sender" }).click();
  await page.getByText("Mail of bob@sender.example is held back from now on.").waitFor();
  await sendMail({ from: "Bob <bob@sender.example>", subject: "A harmless one", text: "Hello" });
  const harmless = page.getByRole("article", { name: "A harmless one" });
  await harmless.getByText("This sender is always held").waitFor();
  await harmless.getByRole("button", { name: "Let this sender in again" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Let this sender in again" }).click();
  await page.getByText("Mail of bob@sender.example is let in again.").waitFor();
}

async function customers(page) {
  step("a customer: found by the beginning of a name, his tickets, what is known changed");
  await page.keyboard.press("g");
  await page.keyboard.press("n");
  await page.getByLabel("Find by name or address").fill("lovel");
  await page.getByRole("link", { name: /Ada Lovelace/ }).waitFor();
  await looks(page, "customers");
  await page.getByRole("link", { name: /Ada Lovelace/ }).click();
  await page.getByRole("heading", { name: "Ada Lovelace" }).waitFor();
  await page.getByRole("row", { name: /The café is on fire/ }).waitFor();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Telephone").fill("+44 20 7946 0000");
  await page.getByLabel("Notes").fill("Prefers letters.");
  await page.getByRole("dialog").getByLabel("Tags").fill("vip, science");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Prefers letters.").waitFor();
  await looks(page, "customer");
  await inFrench(page, "customer", () => page.getByRole("row", { name: /The café is on fire/ }).waitFor());
  step("an organisation takes people in by their domain");
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.getByText("There is no organisation yet.").waitFor();
  await page.getByRole("button", { name: "New organisation" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Sender & Sons");
  await page.getByLabel("Domains").fill("sender.example");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Sender & Sons" }).waitFor();
  await page.getByRole("tab", { name: "Customers" }).click();
  await page.getByRole("link", { name: /^Ada Lovelace/ }).waitFor();
  await sendMail({ subject: "Now of the firm", text: "Hello" });
  await page.getByRole("tab", { name: "Tickets" }).click();
  await page.getByRole("row", { name: /Now of the firm/ }).waitFor();
  await looks(page, "organization");
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("There is no organisation yet.").waitFor();
}

async function newTicket(page) {
  step("a new ticket: what was typed survives leaving and a refusal");
  await api(page, "POST", "/api/v2/ticket_fields", { ticket_field: { type: "tagger", title: "Colour", custom_field_options: [{ name: "Red", value: "red" }] } });
  await page.reload();
  await page.getByRole("link", { name: "New ticket", exact: true }).waitFor();
  await page.keyboard.press("n");
  await page.getByLabel("Requester", { exact: true }).pressSequentially("ada", { delay: 20 });
  await page.getByRole("option", { name: /Ada Lovelace/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.value === "ada@sender.example"); // the person is taken
  await page.getByLabel("Subject").fill("Your café");
  await page.getByLabel("Text", { exact: true }).fill("We have put it out.");
  await page.getByLabel("Colour").selectOption("red");
  await page.getByLabel("In copy").fill("not an address");
  await go(page, "/");
  await page.getByRole("heading", { name: "Tickets" }).waitFor();
  await page.keyboard.press("n");
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "combobox");
  expect((await page.getByLabel("Text", { exact: true }).inputValue()) === "We have put it out.", "leaving the form loses the text");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").first().waitFor();
  expect((await page.getByLabel("Text", { exact: true }).inputValue()) === "We have put it out.", "a refusal loses the text");
  await looks(page, "new-ticket");
  await inFrench(page, "new-ticket", () => page.getByLabel("Texte", { exact: true }).waitFor());
  await page.getByLabel("Requester", { exact: true }).fill("ada@sender.example");
  await page.getByLabel("Subject").fill("Your café");
  await page.getByLabel("Text", { exact: true }).fill("We have put it out.");
  await page.getByLabel("Colour").selectOption("red");
  await page.locator('input[type="file"]').setInputFiles({ name: "photo.txt", mimeType: "text/plain", buffer: Buffer.from("ashes") });
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction(() => /^#\/tickets\/\d+$/.test(location.hash));
  const id = await page.evaluate(() => location.hash.split("/").pop());
  const { ticket } = await api(page, "GET", `/api/v2/tickets/${id}?include=users`);
  expect(ticket.subject === "Your café" && ticket.tags.includes("red"), `the ticket is ${JSON.stringify(ticket)}`);
  await page.getByText("photo.txt").first().waitFor();
}

run(async (browser) => {
  const page = await person(browser);
  await enrol(page);
  await search(page);
  await held(page);
  await customers(page);
  await newTicket(page);
});
