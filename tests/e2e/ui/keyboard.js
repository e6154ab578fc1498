// keyboard.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: an agent's whole day without a mouse. No pointer is ever used, which the page
// itself watches; what has the focus can be seen at every stop.
const { focused, handsOnly, noPointer, palette, press, signInByKeys, tabTo, type } = require("./hands");
const { api, enrol, must, run, sendMail, step, until } = require("./kit");

const inEditor = (page) => page.waitForFunction(() => document.activeElement?.classList.contains("ProseMirror"));
const onTicket = (page) => page.locator("[data-ticket]:not([role=row]) [data-comment]").first().waitFor();

async function answering(page) {
  step("I8: from the list to a ticket, a reply with formatting, a note, a macro, a tag, a status, the next one");
  await press(page, "g", "t");
  await page.getByRole("row").nth(3).waitFor();
  await press(page, "j", "j", "Enter");
  await onTicket(page);
  const id = await page.locator("[data-ticket]:not([role=row])").getAttribute("data-ticket");
  await press(page, "r");
  await inEditor(page);
  await type(page, "Dear Ada, ");
  await press(page, "Control+b");
  await type(page, "today");
  await press(page, "Control+Enter");
  await page.getByRole("article").filter({ hasText: "today" }).waitFor();
  await press(page, "x");
  await inEditor(page);
  await type(page, "called her");
  await press(page, "Control+Enter");
  await page.getByRole("article").filter({ hasText: "called her" }).waitFor();
  await press(page, "m");
  await page.getByRole("dialog", { name: "Macros" }).getByText("Thank you for waiting.").waitFor();
  await press(page, "Enter");
  await page.getByText("Together with it:").waitFor();
  await press(page, "Control+Enter");
  await page.getByRole("article").filter({ hasText: "Thank you for waiting." }).waitFor();
  await press(page, "t");
  await page.waitForFunction(() => document.activeElement?.matches("[data-tags]"));
  await type(page, "engine");
  await press(page, "Enter");
  await page.getByRole("button", { name: "Remove the tag engine" }).waitFor();
  await press(page, "Escape");
  await page.evaluate(() => document.activeElement?.blur());
  await press(page, "s");
  await page.waitForFunction(() => document.activeElement?.tagName === "SELECT");
  await type(page, "Sol");
  await until(async () => (await api(page, "GET", `/api/v2/tickets/${id}`)).ticket.status === "solved", "solved by keys");
  const { ticket } = await api(page, "GET", `/api/v2/tickets/${id}`);
  must(ticket.tags.includes("engine") && ticket.comment_count === 4, `the ticket has ${ticket.tags} and ${ticket.comment_count} comments`);
  await page.evaluate(() => document.activeElement?.blur());
  await press(page, "Shift+J");
  await page.waitForFunction((was) => document.querySelector("[data-ticket]:not([role=row])")?.getAttribute("data-ticket") !== was, id);
  await press(page, "u");
  await page.getByRole("row").nth(3).waitFor();
}

async function many(page) {
  step("I8: several at once: selected, taken, undone");
  await press(page, "j", "x", "Shift+J", "Shift+J");
  await page.getByText(/^3 selected|3 tickets/).first().waitFor();
  await press(page, "Shift+E");
  await until(async () => (await api(page, "GET", "/api/v2/tickets")).tickets.filter((each) => each.status === "solved").length >= 3, "several solved");
  await press(page, "Escape");
}

async function finding(page) {
  step("I8: search, held mail, a new ticket, the palette, the help, signing out");
  await press(page, "/");
  await page.waitForFunction(() => document.activeElement?.getAttribute("type") === "search");
  await type(page, "subject:Question");
  await press(page, "Enter");
  await page.getByText(/^6 tickets/).waitFor();
  await palette(page, "Suspended");
  await page.getByRole("article", { name: "Invoice" }).waitFor();
  await press(page, "j", "e");
  await page.getByText(/^No mail is held back\./).waitFor();
  await press(page, "n");
  await page.getByRole("heading", { name: "New ticket" }).waitFor();
  if (!/Requester/.test(await focused(page))) await tabTo(page, /Requester/);
  await type(page, "cara@sender.example");
  await tabTo(page, /^\s*Subject/);
  await type(page, "By telephone");
  await tabTo(page, /^\s*(Text|Message)/);
  await type(page, "She called.");
  await press(page, "Control+Enter");
  await page.getByRole("heading", { name: "By telephone" }).waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  await press(page, "?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await press(page, "Escape");
  await tabTo(page, /^Sign out/);
  await press(page, "Enter");
  await page.getByLabel("E-mail").waitFor();
}

run(async (browser) => {
  const page = await handsOnly(browser);
  await enrol(page);
  await api(page, "PUT", "/api/v2/reply_hold", { reply_hold: { seconds: 0 } });
  await api(page, "POST", "/api/v2/macros", { macro: { title: "Thanks", actions: [{ field: "comment_value", value: "Thank you for waiting." }, { field: "priority", value: "low" }] } });
  for (let at = 1; at <= 6; at += 1) await sendMail({ subject: `Question ${at}`, text: "The engine stops." });
  await sendMail({ from: "bob@sender.example", subject: "Invoice", text: "See it", attachments: [{ filename: "invoice.pdf.exe", content: "MZ something" }] });
  await until(async () => (await api(page, "GET", "/api/v2/tickets")).tickets.length === 6, "the mail");
  await tabTo(page, /^Sign out/);
  await press(page, "Enter");
  step("I8: signing in");
  await signInByKeys(page);
  await answering(page);
  await many(page);
  await finding(page);
  await noPointer(page);
});
