// Scanner pages: the input is always focused; sound, colour and vibration for right and wrong; scans made without a
// connection wait in this browser and are sent in order, each with its own one-time key, so that none counts twice.
(function () {
  "use strict";
  const form = document.querySelector("[data-scan-form]");
  if (!form || form.dataset.armed) return;
  form.dataset.armed = "1";
  const scan = form.closest("[data-scan]");
  const input = form.querySelector("[data-scan-input]");
  const answer = scan.querySelector("[data-scan-answer]");
  const pending = scan.querySelector("[data-scan-pending]");
  const KEY = "concord.scans." + form.getAttribute("action");
  let queue = read();
  let sending = false;
  let audio = null;

  function read() {
    try {
      return JSON.parse(localStorage.getItem(KEY) || "[]");
    } catch {
      return [];
    }
  }
  function keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(queue));
    } catch {
      return; // storage is forbidden: the queue lives as long as the page
    } finally {
      pending.hidden = queue.length === 0 || navigator.onLine;
      pending.querySelector("[data-scan-pending-count]").textContent = queue.length;
    }
  }
  function oneTimeKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  function beep(ok) {
    try {
      audio = audio || new AudioContext();
      const tone = (frequency, start, length) => {
        const oscillator = audio.createOscillator();
        const gain = audio.createGain();
        oscillator.type = ok ? "sine" : "square";
        oscillator.frequency.value = frequency;
        gain.gain.value = ok ? 0.2 : 0.25;
        oscillator.connect(gain).connect(audio.destination);
        oscillator.start(audio.currentTime + start);
        oscillator.stop(audio.currentTime + start + length);
      };
      if (ok) tone(1400, 0, 0.09);
      else [0, 0.18].forEach((start) => tone(220, start, 0.14));
    } catch {
      return; // no sound device: colour and words remain
    }
  }
  function tell(ok, text) {
    beep(ok);
    if (navigator.vibrate) navigator.vibrate(ok ? 40 : [120, 60, 120]);
    answer.hidden = false;
    answer.className = "scan-answer " + (ok ? "is-right" : "is-wrong");
    answer.textContent = text;
    scan.classList.remove("flash-right", "flash-wrong");
    void scan.offsetWidth; // restarts the flash
    scan.classList.add(ok ? "flash-right" : "flash-wrong");
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const value = input.value.trim();
    if (!value) return;
    form.querySelector("[data-scan-key]").value = oneTimeKey();
    queue.push(Object.fromEntries(new FormData(form)));
    input.value = "";
    keep();
    send();
  });

  async function send() {
    if (sending) return;
    sending = true;
    while (queue.length) {
      const body = new URLSearchParams(queue[0]);
      let response;
      try {
        response = await fetch(form.action, { method: "POST", body, credentials: "same-origin", headers: { "HX-Request": "true", "HX-Target": form.dataset.scanTarget.replace("#", "") } });
      } catch {
        pending.hidden = false;
        setTimeout(send, 3000);
        break;
      }
      queue.shift();
      keep();
      await take(response);
    }
    sending = false;
    keep();
  }
  async function take(response) {
    const redirect = response.headers.get("HX-Redirect");
    if (redirect) return window.location.assign(redirect);
    const html = await response.text();
    let said = null;
    const trigger = response.headers.get("HX-Trigger");
    if (trigger && trigger.startsWith("{")) said = JSON.parse(trigger).scan;
    if (response.status >= 500) return tell(false, window.concord.words().failed);
    const aim = response.headers.get("HX-Retarget") || form.dataset.scanTarget;
    if (response.ok && document.querySelector(aim)) window.htmx.swap(aim, html, { swapStyle: response.headers.get("HX-Reswap")?.split(" ")[0] || "innerHTML" });
    if (said) tell(said.ok, said.text);
    else if (response.ok) tell(true, "✓");
    else tell(false, new DOMParser().parseFromString(html, "text/html").querySelector(".app-alert-text")?.textContent.trim() || response.statusText);
  }

  function refocus() {
    const elsewhere = document.activeElement && document.activeElement.closest("input:not([data-scan-input]), select, textarea, .modal.show, .dropdown-menu.show");
    if (!elsewhere && !document.querySelector(".modal.show, .offcanvas.show")) input.focus({ preventScroll: true });
  }
  document.addEventListener("click", () => setTimeout(refocus, 0));
  document.addEventListener("htmx:afterSettle", refocus);
  document.addEventListener("visibilitychange", refocus);
  window.addEventListener("focus", refocus);
  window.addEventListener("online", send);
  document.body.addEventListener("scan", (event) => tell(event.detail.ok, event.detail.text));
  refocus();
  keep();
  send();
})();
