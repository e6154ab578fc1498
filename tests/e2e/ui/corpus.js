// Hostile HTML and file names from others' corpora, as mail, in the ticket screen. VECTORS: a file with a list of threads.
const fs = require("fs");
const { token, problems, step, person, enrol, signIn, go, sendMail, run, until } = require("./kit");

const threads = JSON.parse(fs.readFileSync(process.env.VECTORS, "utf8"));
const kNames = ['"><img src=x onerror=alert(1)>.txt', "<script>alert(2)</script>.pdf", "invoice\u202Efdp.exe", "..\\..\\windows\\system32\\a.dll", "javascript:alert(3)", `${"long ".repeat(60)}.txt`, "a\u0000b'\"`.csv"];
const kSubjects = ["<img src=x onerror=alert(4)>", "\u202Ereversed", "{{constructor.constructor('alert(5)')()}}", "\"><script>alert(6)</script>", "${alert(7)}"];
const kScripts = /Blocked script execution|Refused to execute/;


async function send() {
  const sent = [];
  for (const [at, thread] of threads.entries()) {
    const first = `<vectors-${at}-0@sender.example>`;
    for (const [n, html] of thread.entries()) {
      const reply = n > 0 ? { inReplyTo: first, references: first } : {};
      await sendMail({ subject: n > 0 ? `Re: Vectors ${at}` : `Vectors ${at}`, messageId: `<vectors-${at}-${n}@sender.example>`, ...reply, text: `part ${n}`, html: `<p>part ${n}</p>${html}` });
    }
    sent.push(thread.length);
  }
  await sendMail({ subject: "Names", text: "See the files.", attachments: kNames.map((filename) => ({ filename, content: "some notes" })) });
  for (const subject of kSubjects) await sendMail({ subject, text: "x" });
  return sent;
}

run(async (browser) => {
  const page = await person(browser);
  if (token === "-") await signIn(page);
  else await enrol(page);
  page.on("dialog", (dialog) => { problems.push(`a dialog: ${dialog.message()}`); void dialog.dismiss(); });
  page.on("popup", (popup) => problems.push(`a window: ${popup.url()}`));
  page.on("download", (file) => problems.push(`a download: ${file.suggestedFilename()}`));
  const blocked = [];
  let hasBegun = false;
  page.on("console", (message) => { if (kScripts.test(message.text())) blocked.push(message.text()); });
  page.context().on("request", (request) => { if (request.isNavigationRequest() && request.frame() === page.mainFrame() && hasBegun) problems.push(`the page went to ${request.url()}`); });

  step("everything arrives");
  await send();
  const numbers = new Map();
  await until(async () => {
    const { tickets } = await page.evaluate(async () => (await fetch("/api/v2/tickets?page[size]=100")).json());
    for (const each of tickets) numbers.set(each.subject, each.id);
    return threads.every((_, at) => numbers.has(`Vectors ${at}`)) && numbers.has("Names");
  }, "the tickets");
  const title = await page.title();
  hasBegun = true;

  for (const at of threads.keys()) {
    step(`thread ${at}`);
    const id = numbers.get(`Vectors ${at}`);
    await go(page, `/tickets/${id}`);
    await page.locator("[data-comment]").first().waitFor();
    const { comments } = await page.evaluate(async (ticket) => (await fetch(`/api/v2/tickets/${ticket}/comments`)).json(), id);
    for (const { id: comment } of comments) {
      const box = page.locator(`[data-comment][data-id="${comment}"]`);
      await box.scrollIntoViewIfNeeded();
      const format = box.locator("[data-format]");
      if (await format.count() === 0) continue; // nothing of it is left but text
      if (await format.getAttribute("aria-pressed") !== "true") await format.click();
      const frame = box.locator("iframe");
      await frame.scrollIntoViewIfNeeded();
      const src = await frame.getAttribute("src");
      await until(async () => page.frames().some((each) => each.url().endsWith(src)), `the frame of ${comment}`, 10000);
      await until(async () => page.frames().find((each) => each.url().endsWith(src)).evaluate(() => document.readyState === "complete").catch(() => false), `the frame of ${comment} is read`, 10000);
    }
    await page.waitForTimeout(150); // what would run by time or focus
    const found = await Promise.all(page.frames().filter((each) => each !== page.mainFrame()).map((each) => each.evaluate(() => ({
      at: location.href, scripts: document.scripts.length, frames: document.querySelectorAll("iframe,frame,object,embed,applet,base[href],form,meta[http-equiv=refresh]").length,
      handlers: [...document.querySelectorAll("*")].flatMap((node) => [...node.attributes].filter((attribute) => /^on/i.test(attribute.name) || /^\s*(javascript|vbscript|data:text)/i.test(attribute.value)).map((attribute) => `${node.nodeName} ${attribute.name}`)),
    })).catch((error) => ({ at: String(error).slice(0, 200), scripts: 0, frames: 0, handlers: [] }))));
    for (const each of found) if (each.scripts || each.frames || each.handlers.length) problems.push(`thread ${at}: left in the mail: ${JSON.stringify(each)}`);
    if (await page.title() === title) problems.push(`thread ${at}: the ticket was not opened`);
  }

  step("names and subjects are text");
  await go(page, `/tickets/${numbers.get("Names")}`);
  await page.getByText("See the files.").first().waitFor();
  const main = await page.locator("#main").innerText();
  for (const each of ['"><img src=x onerror=alert(1)>.txt', "javascript:alert(3)"]) if (!main.includes(each)) problems.push(`a file name is not shown: ${each}`);
  if (await page.locator("img[src=x], #main script").count()) problems.push("a file name became an element");
  if (/\u202E/.test(main)) problems.push("a file name turns the text around it");
  await go(page, "/tickets");
  await page.getByText("<img src=x onerror=alert(4)>").first().waitFor();
  if (await page.locator("img[src=x], #main script").count()) problems.push("a subject became an element");
  for (const each of [...new Set(blocked)].slice(0, 5)) problems.push(`a script was left to be blocked: ${each}`);
});
