// What the pages do beyond HTML. Every listener is delegated, none is written into the markup (strict CSP), and every
// page works without this file: it only asks before, opens in place, counts, and keeps a second press from being sent.
"use strict";

const root = document.documentElement;
root.classList.add("js");

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const on = (event, selector, act) =>
  document.addEventListener(event, (e) => {
    const found = e.target instanceof Element && e.target.closest(selector);
    if (found) act(found, e);
  });

/* A question before what cannot be undone: data-confirm on a form, a button or a link. */
const question = document.querySelector("[data-question]");
let answered = null;

function ask(carrier, event) {
  if (answered === carrier) {
    answered = null;
    return true;
  }
  event.preventDefault();
  question.querySelector("p").textContent = carrier.dataset.confirm;
  question.querySelector("[value=yes]").textContent = carrier.dataset.confirmYes || question.dataset.yes;
  question.returnValue = "no";
  question.addEventListener(
    "close",
    () => {
      if (question.returnValue !== "yes") return;
      answered = carrier;
      if (carrier instanceof HTMLFormElement) carrier.requestSubmit();
      else carrier.click();
    },
    { once: true },
  );
  question.showModal();
  return false;
}
if (question) question.dataset.yes = question.querySelector("[value=yes]").textContent;

on("click", "a[data-confirm], button[data-confirm]", ask);

/* Sending: ask, check the reason, then hold the button at its width with "Đang …" so that it goes out once. */
const words = new WeakMap();
on("submit", "form", (form, event) => {
  if (form.dataset.confirm && !ask(form, event)) return;
  if (form.dataset.refused) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  const button = event.submitter;
  if (!button || !button.dataset.busy) return;
  form.dataset.sent = "yes";
  button.style.minWidth = `${button.offsetWidth}px`;
  words.set(button, [...button.childNodes]);
  button.replaceChildren(button.dataset.busy);
  button.setAttribute("aria-busy", "true");
});

// The browser's "back" shows the page as it was left: give the buttons their words again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  all("form[data-sent]").forEach((form) => delete form.dataset.sent);
  all("button[aria-busy]").filter((button) => words.has(button)).forEach((button) => {
    button.replaceChildren(...words.get(button));
    button.removeAttribute("aria-busy");
  });
});


document.addEventListener("invalid", (e) => e.target.dataset?.missing && e.target.setCustomValidity(e.target.dataset.missing), true);
on("input", "[data-missing]", (box) => box.setCustomValidity(""));

/* Reason boxes open in place; the reasons used before are one press away. */
document.addEventListener(
  "toggle",
  (e) => {
    if (e.target.matches?.("details[data-reason]") && e.target.open) e.target.querySelector("textarea").focus();
  },
  true,
);
on("click", "[data-fill]", (button) => {
  const box = document.getElementById(button.dataset.fill);
  box.value = box.value.trim() ? `${box.value.trim()} ${button.textContent}` : button.textContent;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
});
on("click", "[data-close]", (button) => {
  const box = button.closest("details");
  box.open = false;
  box.querySelector("summary").focus();
});

/* After a refused press the address ends in #reasons-…: that is where the person should be. Else the first error. */
function goToReasons() {
  const reasons = location.hash.startsWith("#reasons-") && document.getElementById(location.hash.slice(1));
  const first = reasons || document.querySelector("[data-first-focus]");
  if (first) first.focus();
}
window.addEventListener("hashchange", goToReasons);
goToReasons();

/* Day or night: a choice per person, kept in a cookie, so that the server draws the next page right at once. */
function wear(theme) {
  document.cookie = theme ? `theme=${theme}; path=/; max-age=31536000; samesite=lax` : "theme=; path=/; max-age=0; samesite=lax";
  let night = document.querySelector("[data-night]");
  if (!night && theme !== "light") {
    location.reload();
    return;
  }
  if (night) night.media = { dark: "screen", light: "not all" }[theme] || "screen and (prefers-color-scheme: dark)";
  root.dataset.theme = theme;
  showTheme(theme);
}
const showTheme = (theme) =>
  all("[data-theme-choice]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.themeChoice === theme)));
all("[data-themes]").forEach((box) => (box.hidden = false));
showTheme(root.dataset.theme || "");
on("click", "[data-theme-choice]", (button) => wear(button.dataset.themeChoice));

/* The menu of a phone. Without this file it opens through its address (#menu). */
function openMenu(open) {
  const menu = document.getElementById("menu");
  menu.classList.toggle("is-open", open);
  (open ? menu.querySelector("a") : document.querySelector("[data-menu]")).focus();
}
on("click", "[data-menu]", (_, e) => (e.preventDefault(), openMenu(true)));
on("click", "[data-menu-close]", (_, e) => (e.preventDefault(), openMenu(false)));
on("click", "[data-sections]", (_, e) => {
  e.preventDefault();
  document.getElementById("sections").classList.toggle("is-open");
});
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  if (document.querySelector("#menu.is-open")) openMenu(false);
  const reason = e.target instanceof Element && e.target.closest("details.move[open]");
  if (reason) {
    reason.open = false;
    reason.querySelector("summary").focus();
  }
  shutBoxes((box) => {
    if (box.contains(document.activeElement)) box.querySelector("summary").focus();
  });
});

/* Boxes that hang over the page: Escape, or a press elsewhere, shuts them. */
function shutBoxes(before) {
  all("details[data-box][open]").forEach((box) => {
    before(box);
    box.open = false;
  });
}
document.addEventListener("click", (e) => {
  if (!(e.target instanceof Element) || !e.target.closest("[data-box]")) shutBoxes(() => {});
});

/* The matrix of a phone shows the running month; the others are behind a tap. */
on("click", "[data-months]", (button) => {
  const open = button.parentElement.querySelector(".matrix").classList.toggle("matrix-all");
  button.setAttribute("aria-pressed", String(open));
});

/* Lists: filters go out when they change; chosen rows open the bulk bar. */
on("change", "[data-submit]", (select) => select.form.requestSubmit());
on("click", "[data-filters-open]", (button) => {
  const open = button.form.classList.toggle("is-open");
  button.setAttribute("aria-expanded", String(open));
});
all("[data-only-without-script]").forEach((button) => (button.hidden = true));

function countChosen() {
  const says = document.querySelector("[data-bulk-says]");
  if (!says) return;
  const chosen = all("input[name=chosen]:checked").length;
  const bar = says.closest("[data-bulk]");
  if (bar) bar.hidden = !chosen;
  const every = says.dataset.bulkEvery && document.querySelector("input[name=tat-ca]:checked");
  says.textContent = every ? says.dataset.bulkEvery : chosen ? says.dataset.bulkSays.replace("{n}", chosen) : "";
}
on("change", "input[name=chosen], input[name=tat-ca]", countChosen);
on("click", "[data-bulk-clear]", () => {
  all("input[name=chosen]:checked").forEach((box) => (box.checked = false));
  countChosen();
});
// Not at once: the browser's "back" ticks again what was ticked.
window.addEventListener("pageshow", countChosen);

/* "65 trên 120 ký tự" while writing. */
on("input", "[data-limit]", (box) => {
  const counter = document.querySelector(`[data-counter="${box.id}"]`);
  if (counter) counter.textContent = counter.textContent.replace(/^\d+/, [...box.value.normalize("NFC")].length);
});

/* Files chosen are named at once, with their size. */
on("change", "[data-upload]", (input) => {
  const list = document.querySelector(`[data-upload-list="${input.name}"]`);
  const shown = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  list.replaceChildren(
    ...[...input.files].map((file) => {
      const row = document.createElement("li");
      const name = document.createElement("span");
      const size = document.createElement("span");
      name.textContent = file.name;
      size.textContent = file.size >= 1e6 ? `${shown.format(file.size / 1e6)} MB` : `${shown.format(Math.ceil(file.size / 1e3))} KB`;
      row.append(name, size);
      return row;
    }),
  );
});

on("click", "[data-copy]", async (button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.querySelector("span").textContent = button.dataset.copied;
});

/* A menu longer than the screen is shown where one is. */
const here = document.querySelector(".side nav [aria-current]");
if (here) {
  const menu = here.closest(".side-in");
  const below = here.offsetTop + 2 * here.offsetHeight - menu.clientHeight;
  if (below > 0) menu.scrollTop = below;
}

on("click", "[data-print]", () => window.print());

/* A link down to a part of the page is not shown beside it. */
for (const link of all("[data-until]")) {
  const seen = new IntersectionObserver((parts) => { link.hidden = parts.at(-1).isIntersecting; }, { rootMargin: "0px 0px -96px" });
  seen.observe(document.getElementById(link.dataset.until));
}
