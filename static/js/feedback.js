// What the program says back: toasts, refusals of htmx requests, errors, busy buttons.
(function () {
  "use strict";
  const words = () => document.getElementById("ui-words").dataset;
  const ICONS = { success: "ti-circle-check", info: "ti-info-circle", warning: "ti-alert-triangle", error: "ti-hand-stop", danger: "ti-hand-stop" };
  const STAY = { success: 4000, info: 6000, warning: 9000 }; // errors stay until closed

  function armToast(toast) {
    if (toast.dataset.armed) return;
    toast.dataset.armed = "1";
    const level = (toast.dataset.level || "info").split(" ").pop();
    toast.dataset.level = level;
    toast.querySelector("i").className = "ti " + (ICONS[level] || ICONS.info);
    toast.querySelector("[data-toast-close]").addEventListener("click", () => toast.remove());
    if (STAY[level]) {
      let timer = setTimeout(() => toast.remove(), STAY[level]);
      toast.addEventListener("mouseenter", () => clearTimeout(timer));
      toast.addEventListener("mouseleave", () => (timer = setTimeout(() => toast.remove(), 2000)));
    }
  }

  function toast(level, text) {
    const box = document.createElement("div");
    box.className = "app-toast";
    box.dataset.toast = "";
    box.dataset.level = level;
    const icon = document.createElement("i");
    icon.setAttribute("aria-hidden", "true");
    const body = document.createElement("span");
    body.className = "app-toast-text";
    body.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn-close";
    close.dataset.toastClose = "";
    close.setAttribute("aria-label", words().close);
    box.append(icon, body, close);
    document.getElementById("toasts").append(box);
    armToast(box);
  }

  document.querySelectorAll("[data-toast]").forEach(armToast);
  document.body.addEventListener("toast", (event) => toast(event.detail.level || "info", event.detail.text || event.detail.value || ""));

  // A refusal that the server did not aim belongs into #refusal, never into the element the request aimed at.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    const status = xhr.status;
    const refusal = document.getElementById("refusal");
    if ((status === 403 || status === 404 || status === 409) && refusal && !xhr.getResponseHeader("HX-Retarget")) {
      event.detail.target = refusal;
      event.detail.swapOverride = "innerHTML";
    }
    const { elt, verb } = event.detail.requestConfig;
    const isAct = verb !== "get" && !(elt && elt.matches("[data-grid-recalc]")); // reckoning while one types answers nothing that was refused
    if (status < 400 && refusal && isAct) refusal.replaceChildren();
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (target && target.id === "refusal" && target.firstElementChild) {
      target.scrollIntoView({ block: "nearest" });
      document.querySelectorAll(".modal.show, .offcanvas.show").forEach(closeHolder);
    }
    if (target && target.id === "panel") open("Offcanvas", "panel-holder");
    if (target && target.id === "dialog") open("Modal", "dialog-holder");
  });
  document.body.addEventListener("htmx:responseError", () => toast("error", words().failed));
  document.body.addEventListener("htmx:sendError", () => toast("warning", words().offline));
  document.body.addEventListener("htmx:timeout", () => toast("warning", words().offline));

  function open(kind, id) {
    const holder = document.getElementById(id);
    if (holder.querySelector("#panel, #dialog").children.length) window.tabler[kind].getOrCreateInstance(holder).show();
  }
  function closeHolder(holder) {
    const kind = holder.classList.contains("modal") ? "Modal" : "Offcanvas";
    const instance = window.tabler[kind].getInstance(holder);
    if (instance) instance.hide();
  }
  document.body.addEventListener("panel:close", () => closeHolder(document.getElementById("panel-holder")));
  document.body.addEventListener("dialog:close", () => closeHolder(document.getElementById("dialog-holder")));

  // Forms posted without htmx: the buttons are busy until the page changes.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post") || form.target === "_blank") return;
    if (form.dataset.busy) return event.preventDefault();
    form.dataset.busy = "1";
    setTimeout(() => form.querySelectorAll("button[type=submit], button:not([type])").forEach((button) => {
      button.disabled = true;
      if (button === event.submitter) button.classList.add("btn-loading");
    }));
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-busy]").forEach((form) => {
      delete form.dataset.busy;
      form.querySelectorAll("button[disabled]").forEach((button) => {
        button.disabled = false;
        button.classList.remove("btn-loading");
      });
    });
  });

  window.concord = Object.assign(window.concord || {}, { toast, words });
})();
