// Mail admins at work: a domain's records are copied from the wizard, published and checked again; a lost mail is followed;
// replies that cannot leave are held, released and given up; reports of others become graphs.
// Beside kit.js's arguments: FOLDER/publish.json is what the test's DNS server takes up, FOLDER/published says that it has.
const fs = require("fs");
const { folder, problems, step, person, enrol, go, must, api, sendMail, looks, inFrench, run, overflows, copied, until } = require("./kit");

async function published(records) {
  fs.rmSync(`${folder}/published`, { force: true });
  fs.writeFileSync(`${folder}/publish.part`, JSON.stringify(records));
  fs.renameSync(`${folder}/publish.part`, `${folder}/publish.json`);
  await until(() => fs.existsSync(`${folder}/published`), "DNS takes the records up");
}

// What the copy buttons of a record give: type, full name, value.
async function recordOf(page, card) {
  const taken = (what) => copied(page, card.getByRole("button", { name: new RegExp(`^Copy ${what}`) }));
  const kind = (await card.locator("dd strong").first().innerText()).trim();
  return { type: kind, owner: await taken("the full name"), value: await taken("the value") };
}

async function publishTheDomain(page) {
  step("domains");
  await go(page, "/mail/domains");
  await page.getByRole("heading", { name: "Inboxes and domains" }).waitFor();
  await page.getByText(/Records (missing|wrong)/).waitFor();
  await page.getByRole("cell", { name: "support@desk.example" }).waitFor();
  await looks(page, "mail-domains");
  await page.getByRole("link", { name: /^Set up/ }).click();
  await page.getByRole("heading", { name: "desk.example" }).waitFor();
  must(await page.locator('[aria-current="step"]').innerText().then((text) => text.includes("Receive mail")), "the wizard does not begin with receiving");
  await looks(page, "mail-wizard");

  step("records are copied from the wizard");
  const records = [await recordOf(page, page.getByRole("article", { name: /^MX/ }))];
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("heading", { name: "Be believed" }).waitFor();
  records.push(await recordOf(page, page.getByRole("article", { name: /^SPF/ })));
  for (const card of await page.getByRole("article", { name: /^DKIM/ }).all()) records.push(await recordOf(page, card));
  must(records.length === 4, `two DKIM keys are expected, there are ${records.length - 2}`);
  await looks(page, "mail-wizard-send");
  await page.getByRole("link", { name: /Stop forgers/ }).click();
  records.push(await recordOf(page, page.getByRole("article", { name: /^DMARC/ })));
  await page.getByRole("article", { name: /^DMARC/ }).getByText("Missing").first().waitFor();

  step("published, checked again");
  await published(records);
  await page.keyboard.press("c");
  await page.getByRole("article", { name: /^DMARC/ }).getByText("Changed since the last check").waitFor();
  await page.getByRole("link", { name: /Be believed/ }).click();
  for (const name of [/^DKIM/, /^SPF/]) {
    const card = page.getByRole("article", { name }).first();
    await card.waitFor();
    must(!/Missing|Wrong/.test(await card.innerText()), `${name} is not taken for published: ${await card.innerText()}`);
  }
  await page.getByRole("link", { name: /Encrypt the way/ }).click();
  await page.getByText("The policy is being tested").waitFor();
  await looks(page, "mail-wizard-tls");
  await page.getByRole("link", { name: /See that it works/ }).click();
  await page.getByText("passes DMARC by its signature").waitFor();
  await looks(page, "mail-wizard-proof");
  await inFrench(page, "mail-wizard-proof", () => page.getByText("passe DMARC").first().waitFor());
  await go(page, "/mail/domains/desk.example?step=send");
  await inFrench(page, "mail-wizard-send", () => page.getByText("Clés de signature").first().waitFor());
}

async function followMail(page) {
  step("where is my mail");
  const sent = await sendMail({ subject: "Where am I?", text: "My card is 4111 1111 1111 1111.", messageId: "<lost-1@sender.example>" });
  await sendMail({ subject: "Held invoice", text: "See it.", attachments: [{ filename: "invoice.pdf.exe", content: "MZ something" }] });
  const trace = /Accepted as (\w{13})/.exec(sent.response)[1];
  await go(page, "/mail/trace");
  const field = page.getByLabel("Address, Message-ID, trace or ticket number");
  await field.fill("what is this");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "Type an address" }).waitFor();
  must((await field.inputValue()) === "what is this", "what was typed is gone after a mistake");
  await field.fill("Ada Lovelace <ada@sender.example>");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: /Where am I\?/ }).waitFor();
  await page.getByText("Held invoice").waitFor();
  await page.getByRole("button", { name: /^Messages/ }).first().click();
  await page.getByText("lost-1@sender.example").waitFor();
  await looks(page, "mail-trace-search");
  await inFrench(page, "mail-trace-search", () => page.getByText("Held invoice").waitFor());
  await page.getByRole("button", { name: /^Messages/ }).first().click();
  await page.getByRole("button", { name: "Show its way" }).click();
  await page.getByRole("heading", { name: `Way of ${trace}` }).waitFor();
  for (const words of ["It arrived and is in a ticket.", "over an encrypted connection", "A secret was taken out of it in 1 place.", "It does not look like spam"]) await page.getByText(words).first().waitFor();
  must(!(await page.content()).includes("4111 1111 1111 1111"), "the card number is on the trace page");
  await looks(page, "mail-trace");
  await inFrench(page, "mail-trace", () => page.getByText("par une connexion chiffrée").waitFor());

  step("by Message-ID, by trace, by what is not there");
  await go(page, "/mail/trace");
  await field.fill("<lost-1@sender.example>");
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "Message-ID" }).getByRole("link", { name: /^Show its way/ }).waitFor();
  await field.fill(trace);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: `Way of ${trace}` }).waitFor();
  await go(page, "/mail/trace");
  await page.getByLabel("Not before").fill(new Date(Date.now() - 3600000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16));
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByRole("link", { name: /Where am I\?/ }).waitFor();
  await page.getByText("Held invoice").waitFor();
  await go(page, "/mail/trace/0000000000000");
  await page.getByText("There is no trace 0000000000000").waitFor();
  await go(page, "/mail/trace?q=ada%40sender.example");
  await page.getByRole("region", { name: "Held back" }).getByRole("link", { name: "Show its way" }).click();
  await page.getByText("It arrived and is held back until somebody decides.").waitFor();
}

async function workTheQueue(page) {
  step("outgoing queue");
  const { tickets } = await api(page, "GET", "/api/v2/tickets");
  const ticket = tickets.find((each) => each.subject === "Where am I?");
  await go(page, "/mail/outbox");
  await page.getByText("Everything has been delivered.").waitFor();
  await api(page, "PUT", "/api/v2/reply_hold", { reply_hold: { seconds: 0 } });
  await api(page, "PUT", `/api/v2/tickets/${ticket.id}`, { ticket: { comment: { body: "It is here.", public: true } } });
  const row = page.getByRole("article", { name: "ada@sender.example" });
  await row.waitFor();
  await row.getByText("The receiver’s server cannot be reached.").waitFor();
  await looks(page, "mail-outbox");
  await inFrench(page, "mail-outbox", () => page.getByRole("article", { name: "ada@sender.example" }).waitFor());
  await row.getByRole("button", { name: /^Hold back/ }).click();
  await row.getByText("Somebody holds it back.").waitFor();
  await row.getByRole("button", { name: /^Release/ }).click();
  await row.getByRole("button", { name: /^Try now/ }).waitFor();
  await row.getByRole("button", { name: /^Give up/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await row.waitFor();
  await row.getByRole("button", { name: /^Give up/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Give up" }).click();
  await page.getByText("Everything has been delivered.").waitFor();
}

const day = (ago) => Math.floor(Date.now() / 86400000 - ago) * 86400;

function dmarcReport(number, good, bad) {
  const row = (ip, count, result) => `<record><row><source_ip>${ip}</source_ip><count>${count}</count><policy_evaluated><disposition>none</disposition><dkim>${result}</dkim><spf>${result}</spf></policy_evaluated></row><identifiers><header_from>desk.example</header_from></identifiers><auth_results><dkim><domain>desk.example</domain><selector>pst1</selector><result>${result}</result></dkim><spf><domain>desk.example</domain><result>${result}</result></spf></auth_results></record>`;
  return `<?xml version="1.0" encoding="UTF-8"?><feedback><report_metadata><org_name>Reporter</org_name><email>dmarc@reporter.example</email><report_id>r-${number}</report_id><date_range><begin>${day(number)}</begin><end>${day(number) + 86399}</end></date_range></report_metadata><policy_published><domain>desk.example</domain><adkim>r</adkim><aspf>r</aspf><p>none</p></policy_published>${row("192.0.2.25", good, "pass")}${row("198.51.100.7", bad, "fail")}</feedback>`;
}

async function sendReports() {
  const post = (subject, type, filename, content, headers = {}) => sendMail({ from: "dmarc@reporter.example", to: "reports@desk.example", subject, text: "A report.", headers, attachments: [{ filename, content, contentType: type }] });
  for (let number = 1; number <= 5; number += 1) {
    await post(`Report Domain: desk.example Submitter: reporter.example Report-ID: <r-${number}>`, "application/xml", `reporter.example!desk.example!${day(number)}!${day(number) + 86399}.xml`, dmarcReport(number, 40 + number, number));
  }
  const tls = { "organization-name": `<img src="https://evil.example/x.png" onerror="document.title=1">`, "date-range": { "start-datetime": new Date(day(1) * 1000).toISOString().replace(".000", ""), "end-datetime": new Date((day(1) + 86399) * 1000).toISOString().replace(".000", "") }, "contact-info": "tls@reporter.example", "report-id": "t-1",
    policies: [{ policy: { "policy-type": "sts", "policy-string": ["version: STSv1"], "policy-domain": "desk.example", "mx-host": ["mail.desk.example"] }, summary: { "total-successful-session-count": 90, "total-failure-session-count": 3 }, "failure-details": [{ "result-type": "certificate-expired", "sending-mta-ip": "192.0.2.9", "receiving-mx-hostname": "mail.desk.example", "failed-session-count": 3 }] }] };
  await post("Report Domain: desk.example Submitter: reporter.example Report-ID: <t-1>", "application/tlsrpt+json", "reporter.example!desk.example.json", JSON.stringify(tls), { "TLS-Report-Domain": "desk.example", "TLS-Report-Submitter": "reporter.example" });
}

async function readReports(page) {
  step("reports");
  await go(page, "/mail/reports");
  await page.getByText("No reports about desk.example in this time").waitFor();
  await sendReports();
  const source = page.getByRole("row", { name: /198\.51\.100\.7/ });
  await until(async () => {
    await page.reload();
    await source.or(page.getByText("No reports about desk.example in this time")).first().waitFor();
    return (await source.count()) > 0 && /\b15\b/.test(await source.innerText());
  }, "the source's messages of all reports are summed");
  await source.getByText("not proven").waitFor();
  await page.getByRole("img", { name: /Mail in the name of desk.example/ }).locator("canvas").waitFor();
  await page.getByText("The numbers as a table").click();
  await page.getByRole("region", { name: /Mail in the name of desk.example/ }).waitFor();
  await looks(page, "mail-reports");
  await inFrench(page, "mail-reports", () => page.locator("canvas").first().waitFor());
  await page.getByRole("tab", { name: "Mail in your name" }).focus();
  await page.keyboard.press("ArrowRight"); // to "Encryption"
  await page.getByText("The certificate has expired").waitFor();
  await looks(page, "mail-reports-tls");
  await page.getByRole("tab", { name: "All reports" }).click();
  await page.getByRole("region", { name: "All reports" }).getByRole("link").first().click();
  await page.getByRole("heading", { name: /TLS report from <img src/ }).waitFor(); // what others write is text
  await looks(page, "mail-report");
  must(!(await overflows(page)), "a report scrolls sideways");
}

run(async (browser) => {
  const page = await person(browser);
  await enrol(page);
  await publishTheDomain(page);
  await followMail(page);
  await workTheQueue(page);
  await readReports(page);
});
