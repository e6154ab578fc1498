// Editors of what an admin defines: views, macros, triggers, automations, fields, forms, statuses, webhooks.
const { api, token, problems, step, person, enrol, signIn, go, looks, inFrench, sendMail, run } = require("./kit.js");

const receiver = process.env.RECEIVER || ""; // a program that answers 200 until it is asked for "/bad"
const check = (holds, words) => { if (!holds) problems.push(words); };
const count = (page, role, name) => page.getByRole(role, { name }).count();
const main = (page) => page.locator("#main");
const notice = (page, words) => page.getByRole("status").filter({ hasText: words }).first().waitFor();
const save = (page) => page.keyboard.press("Control+s");

// What is shown at once is stored a moment later: only then may the page be loaded anew.
async function stored(page, act) {
  const answer = page.waitForResponse((each) => each.request().method() === "PUT" && each.ok());
  await act();
  await answer;
}

async function views(browser, page) {
  step("a view is refused in the place where it is wrong, and what was typed stays");
  await go(page, "/admin/views/new");
  await page.getByRole("heading", { name: "New view" }).waitFor();
  await page.getByLabel("Description").fill("Kept");
  await save(page);
  await page.getByText("This is needed.").waitFor();
  check(await page.getByLabel("Name", { exact: true }).getAttribute("aria-invalid") === "true", "the refused field is not marked");
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true"); // and has the focus
  check(await page.getByLabel("Description").inputValue() === "Kept", "what was typed is lost");

  step("the preview counts before anything is saved (views are exact)");
  await page.getByLabel("Name", { exact: true }).fill("Engines");
  await page.getByRole("button", { name: "Add a condition" }).click();
  await page.getByLabel("Condition 2: field", { exact: true }).selectOption("subject_includes_word");
  await page.getByLabel("Condition 2: comparison", { exact: true }).selectOption("includes");
  await page.getByLabel("Condition 2: value", { exact: true }).fill("engine");
  const preview = page.getByRole("region", { name: "Tickets in it now" });
  await preview.getByText("2 tickets").waitFor();
  await preview.getByText("The engine stops").waitFor();

  step("a wrong condition is told at the condition");
  await page.getByLabel("Condition 2: value", { exact: true }).fill("");
  await save(page);
  await main(page).getByRole("alert").filter({ hasText: "words" }).first().waitFor();
  await page.getByLabel("Condition 2: value", { exact: true }).fill("engine");
  await save(page);
  await notice(page, "The view is saved");
  await page.getByRole("heading", { name: "Engines" }).waitFor();
  await looks(page, "view-editor");
  await inFrench(page, "view-editor", () => page.getByRole("heading", { name: "Quels tickets" }).waitFor());

  step("leaving with something unsaved asks; staying keeps it");
  await page.getByLabel("Name", { exact: true }).fill("Engines stop");
  await page.getByRole("link", { name: "Back to the list" }).click();
  await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  check(await page.getByLabel("Name", { exact: true }).inputValue() === "Engines stop", "staying has lost what was typed");

  step("two people change the same: nothing is lost, and it is told");
  const other = await person(browser);
  await signIn(other);
  await other.goto(page.url());
  await other.getByLabel("Name", { exact: true }).waitFor();
  await other.getByLabel("Description").fill("By somebody else");
  await save(other);
  await notice(other, "The view is saved");
  await save(page);
  await notice(page, "both are kept");
  await page.getByRole("heading", { name: "Engines stop" }).waitFor();
  check(await page.getByLabel("Description").inputValue() === "By somebody else", "the other's change of another field is lost");
  await other.reload();
  await other.getByLabel("Name", { exact: true }).fill("Theirs");
  await save(other);
  await notice(other, "The view is saved");
  await page.getByLabel("Name", { exact: true }).fill("Mine");
  await save(page);
  await page.getByText("Somebody else has changed this meanwhile.").waitFor();
  check(await page.getByLabel("Name", { exact: true }).inputValue() === "Mine", "a conflict has lost what was typed");
  await page.getByRole("button", { name: "Save mine over it" }).click();
  await page.getByRole("heading", { name: "Mine" }).waitFor();
  await other.context().close();

  step("the list: order by keys, off and on with undo");
  await go(page, "/admin/views");
  const grip = page.getByRole("button", { name: "Move Mine", exact: true });
  await grip.focus();
  await stored(page, () => page.keyboard.press("ArrowUp"));
  await page.getByText(/Mine is now number \d+ of \d+/).waitFor({ state: "attached" });
  const names = () => main(page).getByRole("listitem").locator("a").allInnerTexts();
  const before = await names();
  check(before.indexOf("Mine") === before.length - 2, `it was not moved: ${before}`);
  await page.reload();
  await page.getByRole("button", { name: "Move Mine", exact: true }).waitFor();
  check(JSON.stringify(await names()) === JSON.stringify(before), `the order was not kept: ${before}`);
  await page.getByRole("switch", { name: "Mine is switched on" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForFunction(() => document.querySelector('[role=switch][aria-label="Mine is switched on"]').getAttribute("aria-checked") === "true");
  await looks(page, "views");
  await inFrench(page, "views", () => page.getByRole("button", { name: "Déplacer Mine" }).waitFor());

  step("deleting asks, and once more where somebody has changed it meanwhile");
  await main(page).getByRole("link", { name: "Mine", exact: true }).click();
  await page.getByRole("heading", { name: "Mine" }).waitFor();
  const id = await page.evaluate(() => location.hash.split("/").pop());
  await api(page, "PUT", `/api/v2/views/${id}`, { view: { description: "Changed again" } });
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog", { name: "Delete “Mine”?" }).getByRole("button", { name: "Delete" }).click();
  const again = page.getByRole("dialog", { name: /^Somebody has changed “Mine” meanwhile/ });
  await again.getByRole("button", { name: "Cancel" }).click();
  await again.waitFor({ state: "detached" });
  check((await api(page, "GET", `/api/v2/views/${id}`)).view.title === "Mine", "it was deleted without a yes");
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog", { name: "Delete “Mine”?" }).getByRole("button", { name: "Delete" }).click();
  await again.getByRole("button", { name: "Delete" }).click();
  await notice(page, "was deleted");
  await page.getByRole("switch", { name: "Mine is switched on" }).waitFor({ state: "detached" });
}

async function macros(page) {
  step("a macro with a placeholder, previewed on a ticket");
  await go(page, "/admin/macros");
  await page.getByText("There is no macro yet.").waitFor();
  await looks(page, "macros-empty");
  await page.getByRole("link", { name: "New macro" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Engines::Ask for the number");
  await page.getByLabel("Text", { exact: true }).fill("Dear , which engine?");
  await page.getByLabel("Text", { exact: true }).evaluate((field) => { field.focus(); field.setSelectionRange(5, 5); });
  await page.getByLabel("Insert a placeholder into: Text").selectOption("ticket.requester.first_name");
  check(await page.getByLabel("Text", { exact: true }).inputValue() === "Dear {{ticket.requester.first_name}}, which engine?", "the placeholder is not where the caret was");
  await page.getByRole("button", { name: "Add an action" }).click();
  await page.getByLabel("Action 2", { exact: true }).selectOption("current_tags");
  await page.getByRole("combobox", { name: "Action 2: Add tags" }).fill("engine");
  await page.keyboard.press("Enter");
  await save(page);
  await notice(page, "The macro is saved");
  await page.getByLabel("Ticket number").fill("1");
  await page.keyboard.press("Enter");
  await page.getByText("Dear Ada, which engine?").waitFor();
  check(await page.getByText("engine", { exact: true }).count() > 0, "the tag is not in the preview");
  await looks(page, "macro-editor");
  await page.getByLabel("Text", { exact: true }).fill("Dear {{nobody.knows}}");
  await save(page);
  await main(page).getByRole("alert").first().waitFor();
  check(await page.getByLabel("Text", { exact: true }).inputValue() === "Dear {{nobody.knows}}", "a refused text is lost");
  await page.getByRole("button", { name: "Discard changes" }).click();
  await inFrench(page, "macro-editor", () => page.getByRole("button", { name: "Afficher" }).first().waitFor());
}

async function triggers(page) {
  step("shipped triggers are marked and off; a new one is tried on past tickets");
  await go(page, "/admin/triggers");
  await page.getByRole("link", { name: "Notify requester of received request" }).click();
  await page.getByText("came with Postern").first().waitFor();
  await go(page, "/admin/triggers/new");
  await page.getByLabel("Name", { exact: true }).fill("Engines are urgent");
  await page.getByLabel("Condition 1: field", { exact: true }).selectOption("subject_includes_word");
  await page.getByLabel("Condition 1: comparison", { exact: true }).selectOption("includes");
  await page.getByLabel("Condition 1: value", { exact: true }).fill("engine");
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByText(/It cannot be tried yet/).waitFor();
  await page.getByRole("button", { name: "Add an action" }).click();
  await page.getByLabel("Action 1", { exact: true }).selectOption("priority");
  await page.getByLabel("Action 1: Set priority", { exact: true }).selectOption("urgent");
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByText(/It would have fired on 2 of 3 tickets/).waitFor();
  await page.getByLabel("Switched on").check();
  await save(page);
  await notice(page, "The trigger is saved");

  step("why it did not fire, and why it did");
  await page.getByLabel("Ticket number").fill("2");
  await page.keyboard.press("Enter");
  await page.getByText("would not fire").waitFor();
  await page.getByText("It has not fired on this ticket.").waitFor();
  await sendMail({ subject: "Another engine", text: "It stops too." });
  await page.getByLabel("Ticket number").fill("4");
  await page.getByRole("button", { name: "Explain" }).click();
  await page.getByText("would fire", { exact: true }).waitFor();
  await page.getByText("did: Set priority: urgent").waitFor();
  await looks(page, "trigger-editor");
  await inFrench(page, "trigger-editor", () => page.getByRole("heading", { name: "Essai à blanc" }).waitFor());

  step("a former version comes back through the editor");
  await page.getByLabel("Action 1: Set priority", { exact: true }).selectOption("high");
  await save(page);
  await page.getByRole("button", { name: "Take into the editor: version 1" }).click();
  check(await page.getByLabel("Action 1: Set priority", { exact: true }).inputValue() === "urgent", "the former version is not in the editor");
  await save(page);
  await page.getByRole("button", { name: "Take into the editor: version 2" }).waitFor();

  step("triggers are put in order by dragging");
  await go(page, "/admin/triggers");
  const grip = page.getByRole("button", { name: "Move Engines are urgent", exact: true });
  await grip.waitFor();
  const from = await grip.boundingBox();
  const first = await page.getByRole("button", { name: "Move Notify requester of received request", exact: true }).boundingBox();
  await page.mouse.move(from.x + 8, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(first.x + 8, first.y + 20, { steps: 4 });
  await page.mouse.move(first.x + 8, first.y - 12, { steps: 4 });
  await stored(page, () => page.mouse.up());
  await page.getByText("Engines are urgent is now number 1 of 5.").waitFor({ state: "attached" });
  await page.reload();
  await page.getByRole("button", { name: "Move Engines are urgent", exact: true }).waitFor();
  check((await main(page).getByRole("listitem").locator("a").allInnerTexts())[0] === "Engines are urgent", "the dragged trigger is not the first one");
  await looks(page, "triggers");
  await inFrench(page, "triggers", () => page.getByRole("button", { name: "Déplacer Engines are urgent" }).waitFor());
}

async function automations(page) {
  step("an automation that would never end is refused at its conditions");
  await go(page, "/admin/automations");
  await page.getByRole("link", { name: "New automation" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Close what is solved");
  await page.getByLabel("Action 1: Set status", { exact: true }).selectOption("solved");
  await save(page);
  await page.getByText(/It would hold for ever/).waitFor();
  await page.getByLabel("Action 1: Set status", { exact: true }).selectOption("closed");
  check(await page.getByLabel("Condition 2: value", { exact: true }).inputValue() === "4", "four days are not said in days");
  await page.getByRole("button", { name: "Look" }).click();
  await page.getByText("No ticket fulfils all conditions now.").waitFor();
  await save(page);
  await notice(page, "The automation is saved");

  step("what is due next is foretold");
  await page.getByLabel("Condition 1: value", { exact: true }).selectOption("new");
  await page.getByLabel("Condition 2: field", { exact: true }).selectOption("created_at");
  await page.getByLabel("Condition 2: comparison", { exact: true }).selectOption("greater_than");
  await page.getByRole("button", { name: "Look" }).click();
  await page.getByRole("heading", { name: "Next due" }).waitFor();
  check(await page.getByRole("region", { name: "For which tickets" }).getByRole("listitem").count() >= 3, "nothing is due next");
  await looks(page, "automation-editor");
  await page.getByRole("button", { name: "Discard changes" }).click();
  await inFrench(page, "automation-editor", () => page.getByRole("heading", { name: "Pour quels tickets" }).waitFor());
  await go(page, "/admin/automations");
  await page.getByRole("link", { name: "Close what is solved" }).waitFor();
  await looks(page, "automations");
  await inFrench(page, "automations", () => page.getByText("Quand Statut est résolu").waitFor());
}

async function fields(page) {
  step("a dropdown: options pasted, put in order by keys");
  await go(page, "/admin/fields");
  await page.getByText("There is no field of your own yet.").waitFor();
  await page.getByRole("link", { name: "New field" }).click();
  await page.getByLabel("Type").selectOption("tagger");
  await page.getByLabel("Name for agents").fill("Engine type");
  await save(page);
  await main(page).getByRole("alert").first().waitFor();
  await page.getByRole("button", { name: "Paste several" }).click();
  await page.getByLabel("Paste several").fill("Steam\nHot air\nDiesel");
  await page.getByRole("button", { name: "Add 3 options" }).click();
  await page.getByRole("button", { name: "Move Diesel", exact: true }).focus();
  await page.keyboard.press("ArrowUp");
  check(await page.getByLabel("Option 2: name").inputValue() === "Diesel", "the option was not moved");
  check(await page.getByLabel("Option 3: tag").inputValue() === "hot_air", "an option's tag is not made of its name");
  await page.getByLabel("Required before solving").check();
  await save(page);
  await notice(page, "The field is saved");
  await looks(page, "field-editor");
  await inFrench(page, "field-editor", () => page.getByRole("heading", { name: "Engine type" }).waitFor());
  await page.getByLabel("Name for agents").fill("Drive");
  await save(page);
  await page.getByRole("heading", { name: "Drive" }).waitFor();

  step("every other type can be made");
  for (const type of ["text", "textarea", "checkbox", "date", "integer", "decimal", "regexp"]) {
    await go(page, "/admin/fields/new");
    await page.getByLabel("Name for agents").fill(`A ${type}`);
    await page.getByLabel("Type").selectOption(type);
    if (type === "regexp") await page.getByLabel("Regular expression").fill("[A-Z]+");
    await save(page);
    await page.getByRole("heading", { name: `A ${type}` }).waitFor();
  }

  step("own fields have conditions with their own controls");
  await go(page, "/admin/views/new");
  await page.getByLabel("Condition 1: field", { exact: true }).selectOption({ label: "Drive" });
  await page.getByLabel("Condition 1: value", { exact: true }).selectOption("steam");
  await page.getByLabel("Condition 1: field", { exact: true }).selectOption({ label: "A date" });
  check(await page.getByLabel("Condition 1: value", { exact: true }).getAttribute("type") === "date", "a date is not asked as a date");
  await page.getByLabel("Condition 1: field", { exact: true }).selectOption("assignee_id");
  await page.getByRole("combobox", { name: "Condition 1: value" }).click();
  await page.getByRole("option", { name: "the current user" }).click();
  await page.getByRole("link", { name: "Back to the list" }).click();
  await page.getByRole("button", { name: "Leave" }).click();

  step("a form and a status");
  await go(page, "/admin/forms/new");
  await page.getByLabel("Name for agents").fill("Engines");
  await page.getByLabel("Add a field…").selectOption({ label: "Drive" });
  await page.getByLabel("Add a field…").selectOption({ label: "A date" });
  await save(page);
  await notice(page, "The form is saved");
  await looks(page, "form-editor");
  await inFrench(page, "form-editor", () => page.getByRole("heading", { name: "Engines" }).waitFor());
  await go(page, "/admin/statuses/new");
  await page.getByLabel("Name for agents").fill("Waiting for parts");
  await save(page);
  await notice(page, "The status is saved");
  await go(page, "/admin/statuses/new");
  await page.getByLabel("Name for agents").fill("waiting for parts");
  await save(page);
  await page.getByText("There is one like that already.").waitFor();
  await page.getByRole("link", { name: "Back to the list" }).click();
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("tab", { name: "Statuses" }).waitFor();
  await page.getByRole("link", { name: "Waiting for parts" }).waitFor();
  await looks(page, "statuses");
  await page.getByRole("tab", { name: "Fields", exact: true }).click();
  await page.getByRole("link", { name: "Drive" }).waitFor();
  await looks(page, "fields");
  await inFrench(page, "fields", () => page.getByText("Liste déroulante").waitFor());
}

async function webhooks(page) {
  step("a webhook: a wrong address is told at it, the secret is shown once");
  await go(page, "/admin/webhooks");
  await page.getByText("There is no webhook yet.").waitFor();
  await looks(page, "webhooks-empty");
  await page.getByRole("link", { name: "New webhook" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Shop");
  await page.getByLabel("Address").fill("http://shop.example/in");
  await save(page);
  await page.getByText("It has to begin with https://.").waitFor();
  await page.getByLabel("Address").fill(`${receiver}/in`);
  await save(page);
  const dialog = page.getByRole("dialog", { name: "Signing secret" });
  const secret = await dialog.locator("[data-secret]").innerText();
  check(secret.startsWith("whsec_"), "no secret is shown");
  await dialog.getByRole("button", { name: "I have noted it" }).click();
  await page.getByRole("heading", { name: "Deliveries" }).waitFor();
  check(!(await main(page).innerText()).includes(secret), "the secret is on the page");

  step("a test, a delivery, a failure with its retries, sending again");
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByText("answer 200").waitFor();
  await sendMail({ subject: "An order", text: "Where is it?" });
  await page.getByText("delivered 200").first().waitFor();
  await page.getByRole("button", { name: "Details" }).first().click();
  await page.getByText(/msg_/).first().waitFor();
  await page.getByRole("button", { name: /Send again: ticket.created/ }).first().click();
  await notice(page, "It is being sent again");
  await page.getByLabel("Address").fill(`${receiver}/bad`);
  await save(page);
  await notice(page, "The webhook is saved");
  await sendMail({ subject: "Another order", text: "Where is it?" });
  await page.getByText("waiting 500").first().waitFor();
  await page.getByText(/next at/).first().waitFor();
  await looks(page, "webhook-editor");
  await inFrench(page, "webhook-editor", () => page.getByRole("heading", { name: "Envois" }).waitFor());

  step("the secret is renewed, both sign for a day");
  await page.getByRole("button", { name: "New secret" }).click();
  await page.getByRole("dialog", { name: "Make a new signing secret?" }).getByRole("button", { name: "New secret" }).click();
  await page.getByText(/The former secret signs too until/).waitFor();
  check(await dialog.locator("[data-secret]").innerText() !== secret, "the secret is the former one");
  await page.keyboard.press("Escape");
  await go(page, "/admin/webhooks");
  await page.getByRole("link", { name: "Shop" }).waitFor();
  await looks(page, "webhooks");
  await go(page, "/admin/tags");
  await page.getByRole("heading", { name: "Tags" }).waitFor();
  await looks(page, "tags");
  await inFrench(page, "tags", () => page.getByRole("heading", { name: "Étiquettes" }).waitFor());
}

run(async (browser) => {
  const page = await person(browser);
  if (token === "-") await signIn(page);
  else await enrol(page);
  for (const subject of ["The engine stops", "Invoice", "The engine again"]) await sendMail({ subject, text: "Please help." });
  const only = (process.env.ONLY || "").split(",").filter(Boolean);
  for (const [name, part] of Object.entries({ views: () => views(browser, page), macros: () => macros(page), triggers: () => triggers(page), automations: () => automations(page), fields: () => fields(page), webhooks: () => webhooks(page) })) {
    if (only.length === 0 || only.includes(name)) await part();
  }
});
