// person_fields.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: fields of people and organisations, their values, and two entries of one
// customer that become one.
const { api, enrol, go, inFrench, looks, must, person, run, sendMail, step, until } = require("./kit");

async function newField(page, whose, add, title, type, more = async () => {}) {
  await go(page, `/admin/fields?tab=${whose}`);
  await page.getByRole("link", { name: add }).click();
  await page.getByLabel("Type", { exact: true }).selectOption(type);
  await page.getByLabel("Name", { exact: true }).fill(title);
  await more();
  await page.getByRole("button", { name: "Create", exact: false }).click();
  await page.getByRole("heading", { name: title === "Numéro de contrat" ? "Contract" : title, exact: true, level: 1 }).waitFor();
}

async function definitions(page) {
  step("I8: fields of people: a key of their own, options, an order");
  await go(page, "/admin/fields?tab=user_fields");
  await page.getByText("There is no field of people yet.").waitFor();
  const add = "New field of people";
  await newField(page, "user_fields", add, "Numéro de contrat", "text", async () => {
    must(await page.getByLabel("Key for programs").inputValue() === "numero_de_contrat", "the key does not follow the name");
    await page.getByLabel("Key for programs").fill("contract");
    await page.getByLabel("Name", { exact: true }).fill("Contract");
  });
  must(await page.getByLabel("Key for programs").inputValue() === "contract" && await page.getByLabel("Key for programs").isDisabled(), "a key that was given by hand is lost, or can be changed");
  await newField(page, "user_fields", add, "Plan", "dropdown", async () => {
    for (const [at, name] of ["Gold", "Tin"].entries()) {
      await page.getByRole("button", { name: "Add an option" }).click();
      await page.getByLabel(`Option ${at + 1}: name`).fill(name);
    }
  });
  await looks(page, "person-field");
  await newField(page, "user_fields", add, "Seats", "integer");
  await newField(page, "user_fields", add, "Newsletter", "checkbox");
  await newField(page, "organization_fields", "New field of organisations", "Contract ends", "date");
  await go(page, "/admin/fields?tab=user_fields");
  await page.getByRole("link", { name: "Newsletter" }).waitFor();
  await looks(page, "person-fields");
  await inFrench(page, "person-fields", () => page.getByText("Ce que vous voulez savoir de chaque client", { exact: false }).waitFor());
  const { user_fields: fields } = await api(page, "GET", "/api/v2/user_fields");
  must(fields.map((each) => each.key).join() === "contract,plan,seats,newsletter", `stored as ${fields.map((each) => each.key)}`);
}

async function values(page, ada) {
  step("I8: values stand on the page of the person and are changed there; a refusal keeps what was typed");
  await go(page, `/people/users/${ada}`);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Contract", { exact: true }).fill("C-77");
  await dialog.getByLabel("Plan", { exact: true }).selectOption({ label: "Tin" });
  await dialog.getByLabel("Newsletter", { exact: true }).check();
  await dialog.getByLabel("Seats", { exact: true }).fill("many");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.getByRole("alert").waitFor();
  must(await dialog.getByLabel("Contract", { exact: true }).inputValue() === "C-77", "what was typed is lost with the refusal");
  await looks(page, "person-values-form");
  await dialog.getByLabel("Seats", { exact: true }).fill("12");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  const profile = page.getByRole("complementary", { name: "What is known", exact: true });
  for (const words of ["C-77", "Tin", "12", "Yes"]) await profile.getByText(words, { exact: true }).waitFor();
  await looks(page, "person-values");
  const { user } = await api(page, "GET", `/api/v2/users/${ada}`);
  must(user.user_fields.contract === "C-77" && user.user_fields.plan === "tin" && user.user_fields.newsletter === true && String(user.user_fields.seats) === "12", `stored as ${JSON.stringify(user.user_fields)}`);
  const { organization } = await api(page, "POST", "/api/v2/organizations", { organization: { name: "Engines Ltd." } });
  await go(page, `/people/organizations/${organization.id}`);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Contract ends", { exact: true }).fill("2027-01-31");
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Jan 31, 2027", { exact: true }).waitFor();
}

async function merging(page, ada, home) {
  step("I8: two entries of one customer become one, for good, after a question");
  await go(page, `/people/users/${home}`);
  await page.getByRole("button", { name: "Merge…", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const find = dialog.getByRole("combobox", { name: "Merge into", exact: true });
  await find.fill("ada@home");
  await dialog.getByRole("option", { name: "ada@home.example", exact: false }).click();
  await dialog.getByText("This is the same person.").waitFor();
  await find.fill("ada@sender");
  await dialog.getByRole("option", { name: "ada@sender.example", exact: false }).click();
  await dialog.getByText("Ends", { exact: true }).waitFor();
  await looks(page, "merge");
  await dialog.getByRole("button", { name: "Merge for good" }).click();
  await page.getByText(/is merged into Ada Lovelace/).waitFor();
  await until(async () => page.url().endsWith(`/people/users/${ada}`), "the survivor's page");
  await page.getByRole("link", { name: "ada@home.example" }).waitFor();
  await go(page, `/people/users/${home}`);
  await page.getByText("This person was merged into another one.").waitFor();
  must(await page.getByRole("button", { name: "Merge…", exact: true }).count() === 0, "who was merged can be merged again");
  await inFrench(page, "merged", () => page.getByText("Cette personne a été fusionnée avec une autre.", { exact: false }).waitFor());
}

run(async (browser) => {
  const page = await person(browser);
  await enrol(page);
  await sendMail({ subject: "The engine stops", text: "It stops." });
  await sendMail({ subject: "From home", from: "Ada at home <ada@home.example>", text: "It stops here too." });
  const found = async (address) => (await api(page, "GET", `/api/v2/users/search?query=${encodeURIComponent(address)}`)).users.find((each) => each.email === address);
  await until(async () => (await found("ada@sender.example")) && (await found("ada@home.example")), "both customers");
  const ids = await Promise.all(["ada@sender.example", "ada@home.example"].map(async (each) => String((await found(each)).id)));
  await definitions(page);
  await values(page, ids[0]);
  await merging(page, ...ids);
});
