// The staff's page when it is closed, or without a connection. Nothing of the shop is kept here: only
// the page that says that there is no connection.

const OFFLINE = "/offline";

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});
/** The page, and the style and script that it names. */
async function keep() {
  const page = await fetch(OFFLINE);
  const files = [...(await page.clone().text()).matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((one) => one[1]);
  const cache = await caches.open("miseban");
  for (const old of await cache.keys()) await cache.delete(old);
  await cache.put(OFFLINE, page);
  await cache.addAll(new Set(files));
}

self.addEventListener("activate", (event) => {
  // A page is asked for while this worker still wakes up.
  event.waitUntil(Promise.all([self.clients.claim(), self.registration.navigationPreload?.enable()]));
});

self.addEventListener("fetch", (event) => {
  const page = event.request.mode === "navigate";
  if (!page && !new URL(event.request.url).pathname.startsWith("/static/")) return;
  event.respondWith(given(event, page));
});
async function given(event, page) {
  try {
    return (page && (await event.preloadResponse)) || (await fetch(event.request));
  } catch {
    return (await caches.match(page ? OFFLINE : event.request)) ?? Response.error();
  }
}

self.addEventListener("push", (event) => {
  const told = event.data?.json() ?? {};
  const urgent = told.urgency === "urgent";
  event.waitUntil(self.registration.showNotification(told.title ?? "miseban", {
    body: told.body, lang: told.lang, tag: told.alert, renotify: true, requireInteraction: urgent, vibrate: urgent ? [300, 120, 300, 120, 300] : [200],
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.matchAll({ type: "window" }).then((pages) => {
    const open = pages.find((one) => new URL(one.url).pathname === "/alerts");
    return open ? open.focus() : self.clients.openWindow("/alerts");
  }));
});
