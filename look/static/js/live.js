// A list that goes on by itself once somebody asks for it, and a part of a page that is read again until it is done.
// Off by default; it rests while the page is hidden and ends after a quarter of an hour, so that a screen somebody
// has left is signed out as any other.
"use strict";

const EVERY = 5000;
const REST_AFTER = 15 * 60 * 1000;
const MOST = 400;

async function fetched(address) {
  const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return answer.text();
}

const live = document.querySelector("[data-live]");
if (live) {
  const rows = document.querySelector(live.dataset.liveRows);
  const says = document.querySelector("[data-live-says]");
  let timer = null;
  let began = 0;
  let added = 0;

  const stop = (why) => {
    clearInterval(timer);
    timer = null;
    live.setAttribute("aria-pressed", "false");
    says.textContent = why || "";
  };

  const look = async () => {
    if (document.hidden) return;
    if (Date.now() - began > REST_AFTER) return stop(says.dataset.rest);
    try {
      const page = new DOMParser().parseFromString(`<table><tbody>${await fetched(live.dataset.live)}`, "text/html");
      const known = new Set([...rows.children].map((row) => row.dataset.number));
      const fresh = [...page.querySelectorAll("tr[data-number]")].filter((row) => !known.has(row.dataset.number));
      if (timer === null || !fresh.length) return;
      fresh.forEach((row) => row.classList.add("is-new"));
      rows.prepend(...fresh);
      while (rows.children.length > MOST) rows.lastElementChild.remove();
      document.querySelector("#trail ~ .empty")?.remove();
      added += fresh.length;
      says.textContent = says.dataset.some.replace("{n}", added);
    } catch {
      stop(says.dataset.lost);
    }
  };

  live.hidden = false;
  live.addEventListener("click", () => {
    if (timer !== null) return stop();
    began = Date.now();
    added = 0;
    live.setAttribute("aria-pressed", "true");
    says.textContent = says.dataset.none;
    timer = setInterval(look, EVERY);
    look();
  });
}

async function again(part) {
  await new Promise((wake) => setTimeout(wake, 1000));
  try {
    const page = new DOMParser().parseFromString(await fetched(part.dataset.again), "text/html");
    const next = page.getElementById(part.id);
    part.replaceChildren(...next.childNodes);
    part.dataset.again = next.dataset.again || "";
  } catch {
    return;
  }
  if (part.dataset.again) again(part);
}
document.querySelectorAll("[data-again]").forEach(again);
