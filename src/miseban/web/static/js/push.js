// Web push: this device is told of alerts when the page is closed. Only over TLS, or on this machine.

import { post, pushKey, remove } from "./api.js";
import { toast } from "./dom.js";
import { t } from "./words.js";

const key = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

/** Makes `button` switch it on and off; it stays hidden where the browser or the hub cannot. */
export async function offerPush(button) {
  if (!("serviceWorker" in navigator)) return;
  const worker = await navigator.serviceWorker.register("/sw.js");
  if (!pushKey || !("PushManager" in window)) return;
  await navigator.serviceWorker.ready;
  button.hidden = false;
  const show = (on) => button.setAttribute("aria-pressed", String(on));
  show(Boolean(await worker.pushManager.getSubscription()) && localStorage.getItem("push"));
  button.addEventListener("click", async () => {
    const mine = await worker.pushManager.getSubscription();
    if (mine && localStorage.getItem("push")) {
      await remove(`push/subscriptions/${localStorage.getItem("push")}`).catch(() => {});
      await mine.unsubscribe();
      localStorage.removeItem("push");
      return show(false);
    }
    if ((await Notification.requestPermission()) !== "granted") return toast(t("alerts.push_denied"));
    try {
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key(pushKey) });
      localStorage.setItem("push", (await post("push/subscriptions", made.toJSON())).id);
      show(true);
      return toast(t("alerts.push_on"));
    } catch (error) {
      return toast(t("alerts.push_failed", { why: error.message }));
    }
  });
}
