/* The button “Tell me on this device”: asks the browser, then sends what it says with the page's form. */
"use strict";
(async () => {
  const form = document.getElementById("this-device");
  if (!form) return;
  const note = form.querySelector("[role=status]");
  const say = (words) => { note.textContent = words; note.hidden = !words; };
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!able) {
    say("This browser cannot show notices. On an iPhone or iPad, put the portal on the home screen first.");
    return;
  }
  const button = form.querySelector("button");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const encoded = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const digest = async (text) => Array.from(
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))),
    (byte) => byte.toString(16).padStart(2, "0")).join("");

  // Which of the listed devices is this one?
  const subscribed = async () => (await navigator.serviceWorker.getRegistration("/"))?.pushManager.getSubscription();
  const mark = async () => {
    const own = await subscribed();
    const row = own && document.querySelector(`[data-place="${await digest(own.endpoint)}"]`);
    if (!row) {
      button.hidden = false;
      return;
    }
    row.querySelector("[data-here]").hidden = false;
    row.querySelector("form").addEventListener("submit", () => own.unsubscribe());
  };

  const allowed = async () => {
    if (await Notification.requestPermission() !== "granted") {
      throw new Error("Your browser does not let this site show notices. Allow it in the browser’s settings for this site, then press the button again.");
    }
    await navigator.serviceWorker.register(form.dataset.worker, { scope: "/" });
    const { pushManager } = await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key) };
    try {
      return await pushManager.subscribe(options);
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error;
      await (await pushManager.getSubscription())?.unsubscribe(); // it was for a former key of the portal
      return pushManager.subscribe(options);
    }
  };

  form.addEventListener("submit", async (event) => {
    if (form.elements.auth.value) return; // the browser has answered: now it is sent
    event.preventDefault();
    button.disabled = true;
    say("");
    try {
      const subscription = await allowed();
      form.elements.endpoint.value = subscription.endpoint;
      form.elements.p256dh.value = encoded(subscription.getKey("p256dh"));
      form.elements.auth.value = encoded(subscription.getKey("auth"));
      button.disabled = false;
      form.requestSubmit(button);
    } catch (error) {
      button.disabled = false;
      say(error.name === "Error" ? error.message : "Your browser could not reach its push service. Try again later. Mail and this page tell you the same.");
    }
  });

  await mark();
})();
