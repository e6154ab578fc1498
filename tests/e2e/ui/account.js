// The way in and the own account: links, a wrong password, the language before signing in, profile, password, sessions in two
// browsers, devices, API tokens that are used for real, the look; at last more attempts than the address may make.
const { copied, origin, token, password, folder, owner, problems, step, person, enrol, signIn, go, accessible, overflows, looks, inFrench, run } = require("./kit");

const heading = (page, name) => page.getByRole("heading", { name, exact: true }).waitFor();

async function signOut(page) {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("E-mail").waitFor();
}

async function links(page) {
  step("a link that is not valid; a link of an earlier mail; a contact link");
  await page.goto(`${origin}/#/enrol/nothing`);
  await heading(page, "This link is not valid");
  await accessible(page, "bad link");
  await page.goto(`${origin}/enrol?token=${token}`);
  await heading(page, "Choose a password");
  if (page.url() !== `${origin}/#/enrol/${token}`) problems.push(`the token stays in the address: ${page.url()}`);
  await page.getByLabel("New password").fill("short");
  await page.getByLabel("The same again").fill("other");
  await page.keyboard.press("Enter");
  await page.getByText("The two passwords differ.").waitFor();
  await page.getByLabel("The same again").fill("short");
  await page.keyboard.press("Enter");
  await page.getByText("It needs at least 12 characters.").waitFor();
  await looks(page, "enrol");
  await page.goto(`${origin}/#/security-contact/nothing`);
  await page.getByRole("button", { name: "Confirm this address" }).click();
  await page.getByText("older than 48 hours").waitFor();
}

async function signInPage(page) {
  step("the sign-in page: languages, a wrong password, a forgotten one");
  await signOut(page);
  await looks(page, "sign-in");
  await page.getByLabel("Language").selectOption("fr");
  await heading(page, "Se connecter");
  await page.screenshot({ path: `${folder}/sign-in-french.png` });
  await page.getByLabel("Langue").selectOption("en");
  await page.getByLabel("E-mail").fill(owner);
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("is wrong, or the account is locked").waitFor();
  if (await page.getByLabel("E-mail").inputValue() !== owner) problems.push("the address that was typed is gone");
  await page.getByRole("button", { name: "Show what is typed" }).click();
  if (await page.getByLabel("Password", { exact: true }).getAttribute("type") !== "text") problems.push("the password is not shown");
  await page.getByRole("button", { name: "Forgot the password?" }).click();
  await page.getByLabel("E-mail").fill("nobody@nowhere.example");
  await page.getByRole("button", { name: "Send me a link" }).click();
  await heading(page, "Look into your mail");
  await page.getByRole("button", { name: "Back" }).click();
  await signIn(page);
}

async function profile(page) {
  step("profile and password");
  await page.keyboard.press("g");
  await page.keyboard.press("y");
  await heading(page, "Profile");
  await page.getByLabel("Name for customers").fill("Olga");
  await page.getByLabel("Telephone").fill("+33 1 23 45 67 89");
  await page.getByRole("region", { name: "Profile" }).getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.reload();
  await heading(page, "Profile");
  if (await page.getByLabel("Name for customers").inputValue() !== "Olga") problems.push("the name was not kept");
  await looks(page, "account-profile");
  await page.getByRole("tab", { name: "Profile" }).focus();
  await page.keyboard.press("ArrowRight");
  await heading(page, "Second factors");
  await page.getByLabel("Password now").fill("not it at all");
  await page.getByLabel("New password").fill("another long pass phrase");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("This is not your password.").waitFor();
  await page.getByLabel("Password now").fill(password);
  await page.getByLabel("New password").fill("postern postern");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("It is made of your name or address, or of the name of this place.").waitFor();
  await page.getByLabel("New password").fill("another long pass phrase");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("The password is changed.").waitFor();
  await looks(page, "account-security");
}

async function sessions(browser, page) {
  step("a second browser is seen, and ended: it learns that it is out");
  const other = await person(browser);
  await signIn(other, owner, "another long pass phrase");
  await go(page, "/account?tab=sessions");
  const list = page.getByRole("table", { name: "Where you are signed in" });
  await list.getByText("this one").waitFor();
  await list.getByRole("button", { name: "End", exact: true }).first().waitFor();
  await looks(page, "account-sessions");
  await page.getByRole("table", { name: "Devices" }).getByRole("button", { name: /^Rename/ }).first().click();
  await page.getByLabel("A name for this device").fill("Front desk");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("table", { name: "Devices" }).getByText("Front desk").waitFor();
  await page.getByRole("table", { name: "Your sign-ins" }).getByText("failed").first().waitFor();
  await page.getByRole("button", { name: "End all others" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End all others" }).click();
  await list.getByRole("button", { name: "End", exact: true }).waitFor({ state: "detached" });
  await go(other, "/account?tab=sessions");
  await other.getByText("You have been signed out.").waitFor();
  await other.getByLabel("E-mail").waitFor();
  await other.context().close();
}

async function tokens(page) {
  step("a token: made, shown once, used, given a new secret, revoked");
  const asks = (secret, method = "GET") => page.request.fetch(`${origin}/api/v2/tickets/count`, { method, headers: { Authorization: `Bearer ${secret}`, Cookie: "" } }).then((answer) => answer.status());
  await go(page, "/account?tab=tokens");
  await page.getByText("You have no API tokens.").waitFor();
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("What for").fill("Wallboard");
  await page.getByLabel("Only what is ticked").check();
  await page.getByRole("button", { name: "Make the token" }).click();
  await page.getByText("Tick at least one thing.").waitFor();
  await page.getByLabel("Read tickets, attachments and the change feed").check();
  await page.getByLabel("Only from these networks").fill("300.0.0.1");
  await page.getByRole("button", { name: "Make the token" }).click();
  await page.getByText("300.0.0.1").last().waitFor();
  await page.getByLabel("Only from these networks").fill("127.0.0.0/8\n::1");
  await looks(page, "account-token-form");
  await page.getByRole("button", { name: "Make the token" }).click();
  const first = await page.locator("code.secret").textContent();
  if (await copied(page, page.getByRole("button", { name: "Copy the token" })) !== first) problems.push("the token was not copied");
  if (await asks(first) !== 200) problems.push("the token does not work");
  await page.getByRole("button", { name: "I have kept it" }).click();
  if ((await page.content()).includes(first)) problems.push("the token is still on the page");
  await page.getByRole("button", { name: "New secret for “Wallboard”" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "New secret" }).click();
  await page.locator("code.secret").waitFor();
  const second = await page.locator("code.secret").textContent();
  if (await asks(first) !== 401 || await asks(second) !== 200) problems.push("the secrets were not exchanged");
  await page.getByRole("button", { name: "Revoke “Wallboard”" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("You have no API tokens.").waitFor();
  if (await asks(second) !== 401) problems.push("a revoked token works");
}

async function look(page) {
  step("dark, compact, French, and a key of one's own");
  await go(page, "/account?tab=look");
  await page.getByLabel("Dark").check();
  if (await page.evaluate(() => document.documentElement.dataset.theme) !== "dark") problems.push("it is not dark");
  await page.getByLabel("Compact").check();
  await accessible(page, "look, dark and compact");
  await page.getByLabel("As the system").check();
  await page.getByLabel("Comfortable").check();
  await looks(page, "account-look");
  await page.getByRole("button", { name: "See and change the keys" }).click();
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await inFrench(page, "account", () => page.getByRole("heading", { name: "Apparence" }).waitFor());
}

async function tooMany(page) {
  step("too many attempts: told with the time to wait, and the button waits too");
  await signOut(page);
  await page.getByLabel("E-mail").fill("nobody@nowhere.example");
  for (let tries = 0; tries < 30; tries += 1) {
    await page.getByLabel("Password", { exact: true }).fill(`wrong ${tries}`);
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText(/wrong|Too many/).waitFor();
    if (await page.getByText("Too many attempts.").count()) break;
    await page.waitForFunction(() => !document.querySelector('button[type=submit]').disabled);
  }
  await page.getByText(/You can try again in \d+ seconds?\./).waitFor();
  if (!(await page.getByRole("button", { name: "Sign in", exact: true }).isDisabled())) problems.push("the button does not wait");
  await page.screenshot({ path: `${folder}/too-many.png` });
}

run(async (browser) => {
  const page = await person(browser);
  await links(page);
  await enrol(page);
  await signInPage(page);
  await profile(page);
  await sessions(browser, page);
  await tokens(page);
  await look(page);
  if (await overflows(page)) problems.push("the page scrolls sideways");
  await tooMany(page);
});
