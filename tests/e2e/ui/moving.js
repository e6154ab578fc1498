// moving.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: signatures, satisfaction, import and export, and refusals in the page's language.
const fs = require("fs");
const { api, enrol, go, inFrench, looks, must, person, run, sendMail, step, until } = require("./kit");

const ticketLine = (subject, more = {}) => JSON.stringify({ subject, requester: { name: "Grace Hopper", email: "grace@navy.example" }, description: "It came from elsewhere.", created_at: "2024-03-01T09:00:00Z", ...more });

async function firstTicket(page) {
  await sendMail({ subject: "The engine stops", text: "It stops on Mondays." });
  await until(async () => (await api(page, "GET", "/api/v2/tickets")).tickets.length === 1, "the first ticket");
  return (await api(page, "GET", "/api/v2/tickets")).tickets[0];
}

async function signatures(page, ticket) {
  step("I8: one's own signature, its placeholders, and how a reply would end");
  await go(page, "/account");
  const own = page.getByRole("region", { name: "Signature", exact: true });
  await own.getByLabel("Under public replies", { exact: true }).fill("{{current_user.name}}, your engineer");
  await own.getByText("Not saved yet").waitFor();
  await own.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The signature is saved.").waitFor();
  must((await api(page, "GET", "/api/v2/users/me")).user.signature === "{{current_user.name}}, your engineer", "the own signature is not stored");
  step("I8: an inbox has a signature of its own");
  await go(page, "/admin/signatures");
  const inbox = page.getByLabel("Signature of support@desk.example", { exact: true });
  await inbox.fill("Desk Ltd., request {{ticket.id}}");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The signature is saved.").last().waitFor();
  await until(async () => (await api(page, "GET", `/api/v2/inboxes/${ticket.inbox_id}/signature`)).signature.body === "Desk Ltd., request {{ticket.id}}", "the inbox's signature");
  await looks(page, "signatures-inbox");
  step("I8: what somebody else has changed meanwhile is not overwritten unseen");
  await inbox.fill("Mine {{ticket.id}}");
  await api(page, "PUT", `/api/v2/inboxes/${ticket.inbox_id}/signature`, { signature: { body: "Theirs" } });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("theirs is: “Theirs”", { exact: false }).waitFor();
  must((await inbox.inputValue()) === "Mine {{ticket.id}}", "what was typed is gone after somebody else was faster");
  await inbox.fill("Desk Ltd., request {{ticket.id}}");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await until(async () => (await api(page, "GET", `/api/v2/inboxes/${ticket.inbox_id}/signature`)).signature.body === "Desk Ltd., request {{ticket.id}}", "the signature that is meant");
  await page.getByText("theirs is:", { exact: false }).waitFor({ state: "detached" });
  await inbox.fill("x".repeat(4097));
  await page.getByText("It is too long: 4,097 of at most 4,096 bytes.").waitFor();
  must(await page.getByRole("button", { name: "Save", exact: true }).isDisabled(), "too long a signature can be saved");
  await go(page, "/account");
  await page.getByRole("button", { name: "Leave", exact: true }).click(); // what was typed is not lost without a question
  await own.getByRole("button", { name: "Show how it would end" }).click();
  await own.getByText(`Desk Ltd., request ${ticket.id}`, { exact: false }).waitFor();
  await looks(page, "signatures-own", () => own.scrollIntoViewIfNeeded());
  await inFrench(page, "signatures-own", () => page.getByLabel("Sous les réponses publiques", { exact: true }).scrollIntoViewIfNeeded());
}

async function satisfaction(page, ticket) {
  step("I8: how customers are asked, and what they said");
  await go(page, "/admin/satisfaction?tab=asking");
  await page.getByText("No rule asks customers yet.").waitFor();
  await looks(page, "satisfaction-asking", () => page.getByText("It took too long").waitFor());
  await page.getByRole("button", { name: "Make an automation that asks" }).click();
  await page.getByRole("heading", { name: "Ask how our help was" }).waitFor();
  const { automations } = await api(page, "GET", "/api/v2/automations");
  const made = automations.find((each) => JSON.stringify(each.actions).includes("{{satisfaction.rating_section}}"));
  must(made && !made.active && JSON.stringify(made.actions).includes("{{ticket.requester.first_name}}"), "the automation is not as it was described, or is in force at once");
  await go(page, "/admin/satisfaction?tab=asking");
  await page.getByRole("link", { name: "Ask how our help was" }).waitFor();
  await page.getByText("not in force", { exact: true }).waitFor();
  await go(page, "/admin/satisfaction");
  await page.getByText("There are no such ratings in this time.", { exact: false }).waitFor();
  await api(page, "POST", `/api/v2/tickets/${ticket.id}/satisfaction_rating`, { satisfaction_rating: { score: "bad", comment: "<b>Too</b> slow for me", reason_code: 5 } });
  await page.reload();
  await page.getByText("<b>Too</b> slow for me").waitFor();
  await page.getByText("because: It took too long", { exact: false }).waitFor();
  await page.getByRole("link", { name: `#${ticket.id} The engine stops` }).waitFor();
  await looks(page, "satisfaction");
  await page.getByLabel("Show", { exact: true }).selectOption("good");
  await page.getByText("There are no such ratings in this time.", { exact: false }).waitFor();
  await page.getByRole("tab", { name: "By agent and group" }).click();
  await page.getByRole("cell", { name: "0%" }).first().waitFor();
  await go(page, "/admin/satisfaction");
  await inFrench(page, "satisfaction", () => page.getByText("raison : Cela a pris trop de temps", { exact: false }).waitFor());
  await go(page, `/tickets/${ticket.id}`);
  await page.getByRole("button", { name: "1 change", exact: false }).click();
  await page.getByText("Satisfaction: not asked → bad, with a comment").first().waitFor();
  const rating = page.locator("[data-rating=bad]");
  await rating.getByText("<b>Too</b> slow for me").waitFor();
  await rating.getByText("Reason: It took too long").waitFor();
  await looks(page, "ticket-rating", () => rating.waitFor());
  await inFrench(page, "ticket-rating", () => page.locator("[data-rating=bad]").getByText("Raison : Cela a pris trop de temps").waitFor());
  await page.locator("[data-rating=bad]").getByRole("link", { name: "All ratings of that day" }).click();
  await page.getByText("<b>Too</b> slow for me").waitFor();
}

async function importing(page) {
  step("I8: a file is looked at, imported in portions, and what was refused is told by line");
  await go(page, "/admin/transfer");
  await page.getByRole("button", { name: "Choose a file" }).waitFor();
  await looks(page, "import");
  const lines = [...Array.from({ length: 120 }, (_, at) => ticketLine(`Old ticket ${at}`, { status: "solved", solved_at: "2024-03-02T09:00:00Z", comments: [{ value: "It stops." , created_at: "2024-03-01T09:00:00Z" }, { value: "Ordered.", public: false, created_at: "2024-03-01T10:00:00Z" }] })),
    "no json", ticketLine("Nobody", { requester: undefined }), ticketLine("Odd status", { status: "strange" })];
  const choose = async (name, text) => {
    const opening = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: /^Choose (a|another) file$/ }).click();
    await (await opening).setFiles({ name, mimeType: "application/x-ndjson", buffer: Buffer.from(text) });
  };
  await choose("empty.jsonl", "\n");
  await page.getByText("There is nothing in this file.").waitFor();
  await choose("<img src=x onerror=alert(1)>.jsonl", lines.join("\n"));
  await page.getByText("121 tickets with 241 messages can be imported.").waitFor();
  await page.getByText("line 121: this is no JSON").waitFor();
  await page.getByText("line 122: nobody is named who asked").waitFor();
  await looks(page, "import-found");
  await page.getByRole("button", { name: "Import 121 tickets" }).click();
  await page.getByText("The import is done").waitFor({ timeout: 90000 });
  await page.getByRole("cell", { name: "Odd status" }).waitFor();
  await looks(page, "import-report");
  const { count } = await api(page, "GET", "/api/v2/search/count?query=Old%20ticket%20subject%3A%22Old%20ticket%22").catch(() => ({ count: null }));
  must(count === null || Number(count.value ?? count) === 120, `found ${JSON.stringify(count)} imported tickets`);
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the refused ones as a file" }).click();
  must(fs.readFileSync(await (await saving).path(), "utf8").includes("Odd status"), "the file of what was refused lacks it");
  await page.getByRole("link", { name: "See them in the audit log" }).click();
  await page.getByText("Ticket imported").first().waitFor();
  await go(page, "/admin/transfer");
  await inFrench(page, "import", () => page.getByRole("button", { name: "Choisir un fichier" }).waitFor());
}

async function exporting(page) {
  step("I8: lists are exported as files, whole, with their ids");
  await go(page, "/admin/transfer?tab=export");
  await looks(page, "export");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const file = fs.readFileSync(await (await saving).path(), "utf8");
  await page.getByText(/^121 lines were exported\.$/).waitFor();
  const rows = file.trim().split("\n").map((line) => JSON.parse(line));
  must(rows.length === 121 && rows.every((each) => typeof each.id === "number" && each.subject), `exported ${rows.length} tickets`);
  await page.getByLabel("What", { exact: true }).selectOption("users");
  const people = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  must(fs.readFileSync(await (await people).path(), "utf8").includes("grace@navy.example"), "the export of people lacks one");
  await inFrench(page, "export", () => page.getByRole("button", { name: "Exporter", exact: true }).waitFor());
}

async function refusals(page) {
  step("I8: what the server refuses is said in the page's language");
  await page.evaluate(() => localStorage.setItem("postern.look", JSON.stringify({ language: "fr" })));
  await page.reload();
  await page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  await go(page, "/groups");
  for (const again of [false, true]) {
    await page.getByRole("button", { name: "Nouveau groupe" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Nom", { exact: true }).fill("Atelier");
    await dialog.getByRole("button", { name: /^(Enregistrer|Créer)/ }).click();
    if (!again) await dialog.waitFor({ state: "detached" });
  }
  await page.getByRole("dialog").getByText(/s’appelle ainsi|ce nom/).first().waitFor();
}

run(async (browser) => {
  const page = await person(browser);
  await enrol(page);
  const ticket = await firstTicket(page);
  await signatures(page, ticket);
  await satisfaction(page, ticket);
  await importing(page);
  await exporting(page);
  await refusals(page);
});
