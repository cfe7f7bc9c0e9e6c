// Runs without a page: shows what the server pushed, and leads to it when it is clicked.
const HOME = "/console/";

self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.path));
});

function show(data) {
  const { title, body, path, tag, lang } = data.json();
  return self.registration.showNotification(title, { body, tag, lang, data: { path } });
}

// A page that shows it already comes to the front; else one that is open goes there; else a new one.
async function open(path) {
  const address = new URL(path, self.location.origin);
  if (address.origin !== self.location.origin || !address.pathname.startsWith(HOME)) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((page) => new URL(page.url).pathname === address.pathname);
  if (there) return there.focus();
  return self.clients.openWindow(address.href);
}
