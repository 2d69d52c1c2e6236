// Asks the browser for a passkey and sends its answer as an ordinary form.

const bytes = (text) =>
  Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")),
    (sign) => sign.charCodeAt(0),
  );

const text = (buffer) =>
  buffer
    ? btoa(String.fromCharCode(...new Uint8Array(buffer)))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "")
    : undefined;

const known = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

async function options(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrf_token.value },
  });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return answer.json();
}

async function create(form) {
  const said = await options(form);
  const made = await navigator.credentials.create({
    publicKey: {
      ...said,
      challenge: bytes(said.challenge),
      user: { ...said.user, id: bytes(said.user.id) },
      excludeCredentials: known(said.excludeCredentials),
    },
  });
  return {
    attestationObject: text(made.response.attestationObject),
    clientDataJSON: text(made.response.clientDataJSON),
    made,
  };
}

async function get(form) {
  const said = await options(form);
  const made = await navigator.credentials.get({
    publicKey: {
      ...said,
      challenge: bytes(said.challenge),
      allowCredentials: known(said.allowCredentials),
    },
  });
  return {
    authenticatorData: text(made.response.authenticatorData),
    clientDataJSON: text(made.response.clientDataJSON),
    signature: text(made.response.signature),
    userHandle: text(made.response.userHandle),
    made,
  };
}

const ways = { create, get };

async function ask(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const failed = form.querySelector("[data-failed]");
  const button = form.querySelector("button");
  failed.hidden = true;
  button.disabled = true;
  try {
    const { made, ...response } = await ways[form.dataset.passkey](form);
    form.elements.credential.value = JSON.stringify({
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      response,
      clientExtensionResults: made.getClientExtensionResults(),
    });
    form.submit();
  } catch {
    failed.textContent = failed.dataset.failed;
    failed.hidden = false;
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const none = form.parentElement.querySelector("[data-passkey-none]");
  if (window.PublicKeyCredential) {
    form.hidden = false;
    none.hidden = true;
    form.addEventListener("submit", ask);
  } else {
    none.textContent = none.dataset.passkeyNone;
  }
}
