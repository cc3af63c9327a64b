// A piece while it is open: who else has it open is told, and what is typed is kept on the server. The page works
// without this file; then nobody is told, and only what is saved is kept.
"use strict";

{
  const RENEW_MS = 40_000;
  const PAUSE_MS = 2_000;

  const send = (url, form) => fetch(url, { method: "POST", body: new FormData(form), redirect: "error" });

  async function tellOpen(form) {
    const answer = await send(form.dataset.open, form).catch(() => null);
    if (!answer?.ok) return;
    const { says } = await answer.json();
    const place = form.querySelector("[data-open-says]");
    if (place.textContent.trim() === says) return;
    place.replaceChildren();
    if (!says) return;
    const notice = document.createElement("div");
    notice.className = "notice notice-warn";
    notice.append(document.createElement("b"));
    notice.firstChild.textContent = says;
    place.append(notice);
  }

  for (const form of document.querySelectorAll("form[data-open]")) {
    setInterval(() => document.hidden || tellOpen(form), RENEW_MS);
    document.addEventListener("visibilitychange", () => document.hidden || tellOpen(form));
  }

  for (const form of document.querySelectorAll("form[data-keep]")) {
    const place = form.querySelector("[data-keep-says]");
    const failed = place.dataset.keepSays;
    let waiting = 0;

    const keep = async () => {
      waiting = 0;
      if (form.dataset.sent) return;
      const answer = await send(form.dataset.keep, form).catch(() => null);
      place.textContent = answer?.ok ? (await answer.json()).says : failed;
    };
    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(keep, PAUSE_MS);
    };
    form.addEventListener("input", soon);
    form.addEventListener("trix-change", soon);
    // Leaving within the pause: the browser still sends what it was given.
    window.addEventListener("pagehide", () => {
      if (waiting && !form.dataset.sent) navigator.sendBeacon(form.dataset.keep, new FormData(form));
    });
  }
}
