// Everything works without this file: it only improves what the page already does.
//
// data-autosave="url" on a form   each change is posted there; [data-saved] says "Saved 9:52am".
//                                 The answer is 204, or JSON with `fields` (values by name),
//                                 `texts` (words by id), and of what was not kept `errors` (words
//                                 by field) and `says`; a refusal has `error`
// data-ask="url" on a form        after each choice, asks there and shows the answer's `texts` (words
//                                 by id): nothing is kept
// data-find="id" on a field       shows, of that element's [data-name] parts, those that hold what
//                                 is typed; data-says="id" is where it counts them
// data-copy="id" on a button      copies the text of that element
// data-now="id" on a button       puts the present time into that field
// data-reveal="id" on a radio     shows that element while the radio is chosen
// A page may send its own event "lms:saved" to learn of a kept change (detail: the answer).
import { initAll } from "./govuk-frontend.js";

initAll();

const word = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const PAUSE = 600;

function clock(now = new Date()) {
  const minutes = String(now.getMinutes()).padStart(2, "0");
  const half = now.getHours() < 12 ? "am" : "pm";
  return `${now.getHours() % 12 || 12}:${minutes}${half}`;
}

// What was typed stays in the page whatever the answer is; a failed save is tried again.
class Autosave {
  constructor(form) {
    this.form = form;
    this.says = form.querySelector("[data-saved]");
    this.waiting = 0;
    this.turn = Promise.resolve();
    form.addEventListener("change", () => this.soon(0));
    form.addEventListener("input", (event) => {
      if (event.target.matches("textarea, input:not([type=radio], [type=checkbox], [type=file])")) {
        this.soon(PAUSE);
      }
    });
    form.addEventListener("submit", () => clearTimeout(this.waiting));
    window.addEventListener("online", () => this.unsaved && this.soon(0));
    window.addEventListener("beforeunload", (event) => {
      if (this.unsaved && !this.sent) event.preventDefault();
    });
    form.addEventListener("submit", () => (this.sent = true));
  }

  soon(pause) {
    this.unsaved = true;
    this.changes = (this.changes ?? 0) + 1;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => (this.turn = this.turn.then(() => this.save())), pause);
  }

  async save() {
    const changes = this.changes;
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body,
        headers: { "X-CSRF-Token": word, "X-Asked-By": "script", Accept: "application/json" },
      });
      if (!answer.ok || answer.redirected) throw await this.reason(answer);
      const detail = answer.status === 204 ? null : await answer.json().catch(() => null);
      if (changes === this.changes) this.unsaved = Boolean(detail?.says);
      this.show(detail);
      this.form.dispatchEvent(new CustomEvent("lms:saved", { detail, bubbles: true }));
    } catch (reason) {
      const said = typeof reason === "string" ? reason : "There is no connection";
      this.say(`${said}. Not saved yet: press the button to try again`, true);
    }
  }

  // The answer may carry values for hidden fields, texts by id, and what was not kept and why.
  show(detail) {
    for (const [name, value] of Object.entries(detail?.fields ?? {})) {
      if (this.form.elements[name]) this.form.elements[name].value = value;
    }
    for (const [id, text] of Object.entries(detail?.texts ?? {})) {
      document.getElementById(id)?.replaceChildren(text);
    }
    if (detail?.errors) this.complain(detail.errors);
    this.say(detail?.says ?? `Saved ${clock()}`, Boolean(detail?.says));
  }

  // Each error stands at its field, as on a page that was refused; what is right now loses its own.
  complain(errors) {
    for (const field of this.form.querySelectorAll(".govuk-input--error")) {
      if (!(field.id in errors)) this.mark(field, "");
    }
    for (const [id, text] of Object.entries(errors)) {
      const field = document.getElementById(id);
      if (field) this.mark(field, text);
    }
  }

  mark(field, text) {
    const id = `${field.id}-error`;
    field.closest(".govuk-form-group").classList.toggle("govuk-form-group--error", Boolean(text));
    field.classList.toggle("govuk-input--error", Boolean(text));
    const others = (field.getAttribute("aria-describedby") ?? "").replace(id, "").trim();
    const described = text ? `${others} ${id}`.trim() : others;
    if (described) field.setAttribute("aria-describedby", described);
    else field.removeAttribute("aria-describedby");
    if (!text) return document.getElementById(id)?.remove();
    const words = document.getElementById(id) ?? document.createElement("p");
    const label = document.createElement("span");
    words.id = id;
    words.className = "govuk-error-message";
    label.className = "govuk-visually-hidden";
    label.textContent = "Error:";
    words.replaceChildren(label, ` ${text}`);
    if (!words.isConnected) this.form.querySelector(`label[for="${field.id}"]`).after(words);
  }

  async reason(answer) {
    const said = await answer.json().catch(() => null);
    return said?.error ?? "Something went wrong at our end";
  }

  say(text, failed) {
    if (!this.says) return;
    this.says.textContent = text;
    this.says.classList.toggle("lms-saved--failed", failed);
  }
}

document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));

// What is chosen next is asked after what was chosen before, so that the last answer stands.
document.querySelectorAll("form[data-ask]").forEach((form) => {
  let turn = Promise.resolve();
  const ask = async () => {
    const answer = await fetch(form.dataset.ask, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-CSRF-Token": word, "X-Asked-By": "script", Accept: "application/json" },
    });
    if (!answer.ok || answer.redirected) return;
    for (const [id, text] of Object.entries((await answer.json()).texts ?? {})) {
      document.getElementById(id)?.replaceChildren(text);
    }
  };
  form.addEventListener("change", () => (turn = turn.then(ask).catch(() => {})));
});

// Letters and digits only: "oneill" finds Siân O’Neill.
const folded = (text) => text.normalize("NFKD").replace(/[^\p{L}\p{N}\s]/gu, "").toLowerCase();

document.querySelectorAll("input[data-find]").forEach((input) => {
  const parts = [...document.querySelectorAll(`#${input.dataset.find} [data-name]`)];
  const says = document.getElementById(input.dataset.says);
  const show = () => {
    const wanted = folded(input.value).split(/\s+/).filter(Boolean);
    for (const part of parts) {
      const name = folded(part.dataset.name);
      part.hidden = !wanted.every((each) => name.includes(each));
    }
    const found = parts.filter((part) => !part.hidden).length;
    const counted = found ? `${found} of ${parts.length} shown` : `Nobody called “${input.value.trim()}”`;
    says.textContent = wanted.length ? counted : "";
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  input.parentElement.querySelector("[data-find-button]").hidden = true;
  if (input.value) show();
});

document.querySelectorAll("button[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const before = button.textContent;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.innerText.trim());
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = before), 3000);
  });
});

document.querySelectorAll("button[data-now]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.now);
    field.value = clock();
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
});

// What a job makes: the page looks again by itself, and goes on once there is something to see.
document.querySelectorAll("a[data-again]").forEach(() => {
  const words = (page) => page.querySelector("main")?.textContent;
  const look = async () => {
    const answer = await fetch(location.href).catch(() => null);
    const page = new DOMParser().parseFromString((await answer?.text()) ?? "", "text/html");
    if (answer?.ok && (answer.redirected || words(page) !== words(document))) location.replace(answer.url);
    else soon();
  };
  const soon = () => setTimeout(look, 4000);
  soon();
});

document.querySelectorAll("input[data-reveal]").forEach((input) => {
  const more = document.getElementById(input.dataset.reveal);
  const hidden = [...more.classList].find((name) => name.endsWith("__conditional--hidden"));
  const mark = hidden ?? `govuk-${input.type === "radio" ? "radios" : "checkboxes"}__conditional--hidden`;
  const show = () => more.classList.toggle(mark, !input.checked);
  const scope = input.form ?? document;
  scope.addEventListener("change", (event) => event.target.name === input.name && show());
  window.addEventListener("pageshow", show);
  show();
});
