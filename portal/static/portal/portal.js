/* Little help for pages that work without it: parts refresh quietly, and what the reader does is not disturbed. */
"use strict";
(() => {
  const polls = (element) => (element.getAttribute("hx-trigger") || "").includes("every");
  const withoutToken = (text) => text.replace(/name="(csrfmiddlewaretoken|mark)" value="[^"]*"/g, "");
  const shown = new Map(); // what the last poll of a part brought, by the part's id
  let kept = null;

  // How to find the focused element again in the part that replaces its own.
  const wayTo = (element) => {
    const quoted = (name) => `[${name}="${CSS.escape(element.getAttribute(name))}"]`;
    if (element.id) return `#${CSS.escape(element.id)}`;
    if (element.matches("details[id] > summary")) return `#${CSS.escape(element.parentElement.id)} > summary`;
    const name = ["name", "href"].find((name) => element.hasAttribute(name));
    return name ? element.localName + quoted(name) : null;
  };

  // Does a form hold what a reload would lose?
  const typed = () =>
    [...document.querySelectorAll("form[method=post] :is(textarea, input, select)")].some((field) =>
      field.matches("select") ? [...field.options].some((option) => option.selected !== option.defaultSelected && field.multiple)
        : field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked
        : !field.matches("[type=hidden]") && field.value !== field.defaultValue);

  const say = (text, kind) => {
    const place = document.getElementById("notices");
    if (!place) return;
    place.querySelector("[data-said]")?.remove();
    if (!text) return;
    const notice = document.createElement("p");
    notice.className = `notice ${kind}`;
    notice.dataset.said = "";
    notice.textContent = text;
    place.append(notice);
  };

  const signedOut = (xhr) =>
    Boolean(xhr.responseURL) && new URL(xhr.responseURL).pathname === document.body.dataset.signIn;

  // A hidden tab asks for nothing.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && polls(event.detail.elt)) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target, requestConfig } = event.detail;
    // The session has ended: the whole page goes to sign-in, not a part of it, unless something was typed: then the
    // form's own button leads there and back, with the text.
    if (signedOut(xhr)) {
      event.detail.shouldSwap = false;
      if (typed()) say("You are signed out. Press the button of your form: you sign in, and the form comes back as you typed it.", "warning");
      else location.reload();
      return;
    }
    // A poll that brings nothing new changes nothing: no jump, no lost selection, nothing read out again.
    if (polls(requestConfig.elt) && target.id) {
      const text = withoutToken(xhr.responseText);
      if (shown.get(target.id) === text) event.detail.shouldSwap = false;
      shown.set(target.id, text);
    } else shown.clear();
    const focused = document.activeElement;
    kept = {
      open: [...target.querySelectorAll("details[open][id]")].map((details) => details.id),
      focus: target.contains(focused) ? wayTo(focused) : null,
    };
  });

  document.addEventListener("htmx:afterSettle", () => {
    if (!kept) return;
    for (const id of kept.open) document.getElementById(id)?.setAttribute("open", "");
    if (kept.focus && document.activeElement === document.body) {
      document.querySelector(kept.focus)?.focus({ preventScroll: true });
    }
    kept = null;
  });

  // The title says how much needs the reader, as the menu does.
  document.addEventListener("htmx:afterSettle", () => {
    const needs = document.getElementById("needs")?.dataset.needs;
    if (needs === undefined) return;
    const title = document.title.replace(/^\(\d+\+?\) /, "");
    document.title = needs ? `(${needs}) ${title}` : title;
  });

  // What went wrong is said on the page, in the server's words where it has some.
  document.addEventListener("htmx:responseError", (event) => {
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const reason = answer.getElementById("reason")?.textContent.trim();
    say(reason || "That did not work. Reload the page to see why.", "error");
  });
  document.addEventListener("htmx:sendError", () => say("The portal does not answer. This page may be out of date.", "warning"));
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.successful && !signedOut(event.detail.xhr)) say("");
  });

  // Back and forward: a page that the browser took from its memory may show as open what was answered since.
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  // The door is told the browser's time zone, for people who have not chosen one.
  for (const field of document.querySelectorAll("input[data-zone]")) {
    field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  }

  // Copy buttons show only where a script serves them.
  for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    let copied = true;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      copied = document.execCommand("copy"); // where the page came without TLS there is no clipboard
    }
    button.querySelector("[data-copied]").textContent = copied ? "Copied" : "Press Ctrl+C";
  });

  // Distances in time stay true while a page stands open (same words as portal/words.py).
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const words = new Intl.RelativeTimeFormat("en");
  const refresh = () => {
    for (const time of document.querySelectorAll("time.near")) {
      const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
      const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) || [];
      const text = unit ? words.format(Math.trunc(seconds / size), unit) : seconds <= 0 ? "just now" : "in under a minute";
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(() => document.hidden || refresh(), 20000);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
})();
