// Files go up as soon as they are chosen, with their progress; the text on the page is saved with them.
// Without this file the button "Tải ảnh lên" does the same with a plain form.
"use strict";

const writing = document.querySelector("[data-writing]");
const input = writing?.querySelector("input[type=file]");
const state = writing?.querySelector("[data-upload-state]");
const add = writing?.querySelector("[data-add-files]");

function say(words) {
  state.hidden = false;
  state.textContent = words;
}

function send() {
  const body = new FormData(writing);
  body.append("act", "add");
  const request = new XMLHttpRequest();
  request.open("POST", writing.action);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) say(state.dataset.going.replace("{n}", Math.floor((100 * event.loaded) / event.total)));
  });
  request.addEventListener("load", () => {
    if (request.status === 200 && request.response?.next) leave(request.response.next);
    // The page with the mistakes marked is the server's to draw.
    else writing.requestSubmit(add);
  });
  request.addEventListener("error", () => say(state.dataset.lost));
  request.send(body);
}

function leave(address) {
  const next = new URL(address, location.href);
  if (next.pathname === location.pathname) {
    history.replaceState(null, "", next);
    location.reload();
  } else {
    location.replace(next);
  }
}

input?.addEventListener("change", () => {
  const large = [...input.files].find((file) => file.size > Number(state.dataset.limit));
  if (large) {
    say(state.dataset.large.replace("{name}", large.name));
    input.value = "";
  } else if (input.files.length) {
    send();
  }
});
if (add) add.hidden = true;
window.addEventListener("offline", () => state && say(state.dataset.lost));
window.addEventListener("online", () => state && (state.hidden = true, add.hidden = false));
