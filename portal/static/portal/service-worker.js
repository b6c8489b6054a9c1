/* Shows notices while no page of the portal is open. It stores nothing and answers for no page. */
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const read = (data) => {
  try {
    const told = data.json();
    if (Array.isArray(told.notices) && told.notices.length) return told;
  } catch {
    // a browser may wake us with nothing, or with what it could not keep
  }
  return { title: "Agent Portal", notices: [{ text: "There is news for you.", link: "/notices/", tag: "notices" }] };
};

self.addEventListener("push", (event) => {
  const { title, notices } = read(event.data);
  event.waitUntil(Promise.all(notices.map(({ text, link, tag, at }) =>
    self.registration.showNotification(title, {
      body: text,
      tag,
      timestamp: at ? at * 1000 : Date.now(),
      data: { link },
    }))));
});

// A page of the portal that is open already comes to the front. No other site is opened, whatever a notice says.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = new URL(event.notification.data?.link || "/", self.location.origin);
  const target = link.origin === self.location.origin ? link.href : new URL("/", self.location.origin).href;
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const same = open.find((page) => page.url === target);
    return same ? same.focus() : self.clients.openWindow(target);
  })());
});

// The browser gave this device another address: the portal is told, with the sign-in that the browser has. Where that
// is over, the page of devices offers the button again.
const encoded = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil((async () => {
    const former = event.oldSubscription;
    if (!former) return;
    const own = event.newSubscription || await self.registration.pushManager.subscribe(former.options);
    const body = new URLSearchParams({
      former: former.endpoint,
      endpoint: own.endpoint,
      p256dh: encoded(own.getKey("p256dh")),
      auth: encoded(own.getKey("auth")),
    });
    await fetch("/notices/devices/change/", { method: "POST", body, credentials: "same-origin" });
  })());
});
