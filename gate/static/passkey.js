// A passkey is made or asked by the browser; what it answers goes out with the form it was asked in.
"use strict";

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function letters(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The options as the browser wants them: their binary fields are written in letters. */
function unpacked(options) {
  const described = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) asked.allowCredentials = described(options.allowCredentials);
  if (options.excludeCredentials) asked.excludeCredentials = described(options.excludeCredentials);
  return asked;
}

function packed(credential) {
  const said = credential.response;
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (said[name]) response[name] = letters(said[name]);
  }
  return { id: credential.id, rawId: letters(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const failed = form.querySelector("[data-passkey-failed]");
  form.querySelector("[data-passkey-press]").addEventListener("click", async () => {
    failed.hidden = true;
    try {
      const publicKey = unpacked(JSON.parse(form.dataset.passkeyOptions));
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      form.elements.answer.value = JSON.stringify(packed(credential));
    } catch {
      failed.hidden = false;
      return;
    }
    form.submit();
  });
}
