// content.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: what customers sent is shown from a name of its own (ASVS V3.5.4): HTML of mail in
// its frame, a text, a picture, a PDF, a download; and no cookie goes there.
const { enrol, folder, go, must, origin, person, problems, run, sendMail, step } = require("./kit");

const content = origin.replace("localhost", "127.0.0.1");
const kPng = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

run(async (browser) => {
  const page = await person(browser);
  const there = []; // what was asked of the content host
  page.context().on("request", (request) => { if (request.url().startsWith(content)) there.push(request); });
  await enrol(page);
  await sendMail({
    subject: "With files", text: "see", html: "<p>Hello <b id=\"bold\">you</b></p><script>parent.document.title = 'owned'</script>",
    attachments: [{ filename: "notes.txt", content: "some notes" }, { filename: "photo.png", content: Buffer.from(kPng, "base64") }],
  });
  await go(page, "/tickets/1");

  step("the HTML of a mail comes from the content host, into its frame");
  await page.getByRole("button", { name: "Show formatting" }).click();
  const frame = page.frameLocator("iframe");
  await frame.locator("#bold, b").first().waitFor();
  const shown = page.frames().find((each) => each !== page.mainFrame());
  must(shown.url().startsWith(`${content}/c/`), `the frame shows ${shown.url()}`);
  must(await page.title() !== "owned", "a script of the mail ran");

  step("files too: a text and a picture are shown, a download arrives");
  for (const [name, sign] of [["notes.txt", page.getByText("some notes")], ["photo.png", page.locator("img[alt], dialog img, figure img").first()]]) {
    await page.getByRole("listitem").filter({ hasText: name }).getByRole("button", { name: "Preview", exact: true }).click();
    await sign.waitFor();
    await page.keyboard.press("Escape");
  }
  await page.screenshot({ path: `${folder}/content.png` });
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("listitem").filter({ hasText: "notes.txt" }).getByRole("link").first().click()]);
  must(download.suggestedFilename() === "notes.txt", `downloaded as ${download.suggestedFilename()}`);

  const files = new Set(there.map((request) => (request.url().match(/attachments\/(\d+)\/content/) || [])[1]).filter(Boolean));
  must(files.size === 2, `files that came from the content host: ${[...files]}`);

  step("no cookie goes there");
  for (const request of there) {
    const { cookie } = await request.allHeaders();
    must(!cookie, `${request.url()} carries ${cookie}`);
  }
  // kit.js holds requests to any other host against the page: here one is meant, for signed links only.
  for (let at = problems.length - 1; at >= 0; at -= 1) if (problems[at].startsWith(`asked ${content}/c/`)) problems.splice(at, 1);
});
