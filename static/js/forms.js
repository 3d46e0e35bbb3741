// Forms: questions before a verb, the guard against lost changes, date pickers, searchable selects, file names.
(function () {
  "use strict";
  const words = () => document.getElementById("ui-words").dataset;

  // --- the question (and the reason) before a form is sent -------------------------------------------------
  let asked = null;
  function needsQuestion(form) {
    return form instanceof HTMLFormElement && (form.hasAttribute("data-question") || form.hasAttribute("data-question-needs-reason")) && !form.dataset.answered;
  }
  function ask(form, submitter) {
    asked = { form, submitter };
    const dialog = document.getElementById("question");
    const data = form.dataset;
    const wantsReason = form.hasAttribute("data-question-needs-reason");
    dialog.querySelector("[data-question-title]").textContent = data.questionLabel || words().sure;
    const text = dialog.querySelector("[data-question-text]");
    text.textContent = data.question || "";
    text.hidden = !data.question;
    dialog.querySelector("[data-question-reason]").hidden = !wantsReason;
    const area = dialog.querySelector("textarea");
    area.required = wantsReason;
    area.value = "";
    const go = dialog.querySelector("[data-question-go]");
    go.textContent = data.questionLabel || words().sure;
    go.className = "btn " + (form.hasAttribute("data-question-danger") ? "btn-danger" : "btn-primary");
    window.tabler.Modal.getOrCreateInstance(dialog).show();
    dialog.addEventListener("shown.bs.modal", () => (wantsReason ? area : go).focus(), { once: true });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-question-form]")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      answer(form);
    } else if (needsQuestion(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(form, event.submitter);
    }
  }, true);
  function answer(dialogForm) {
    const { form, submitter } = asked;
    const reason = form.querySelector("[data-reason]");
    if (reason) reason.value = dialogForm.querySelector("textarea").value.trim();
    if (reason && form.hasAttribute("data-question-needs-reason") && !reason.value) return;
    window.tabler.Modal.getInstance(document.getElementById("question")).hide();
    form.dataset.answered = "1";
    form.requestSubmit(submitter || undefined);
    delete form.dataset.answered;
  }

  // --- changes that are not saved ---------------------------------------------------------------------------
  const isDirty = () => document.querySelector("form[data-guard][data-dirty]");
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) form.dataset.dirty = "1";
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) form.dataset.dirty = "1";
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) delete event.target.dataset.dirty;
  });
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    const form = event.detail.elt.closest("form[data-guard]");
    if (form && event.detail.elt === form && event.detail.xhr.status < 400) delete form.dataset.dirty;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isDirty()) event.preventDefault();
  });

  // --- enhancement of inputs, again after every swap ----------------------------------------------------------
  function dates(scope) {
    if (!window.flatpickr) return;
    const part = new Intl.DisplayNames(document.documentElement.lang || "en", { type: "dateTimeField" });
    window.flatpickr.localize({ monthAriaLabel: part.of("month"), yearAriaLabel: part.of("year") });
    const chinese = document.documentElement.lang.toLowerCase().startsWith("zh");
    scope.querySelectorAll("input[type=date], input[data-date], input[type=datetime-local]").forEach((input) => {
      if (input._flatpickr || input.closest("template")) return;
      const withTime = input.type === "datetime-local";
      window.flatpickr(input, {
        allowInput: true,
        dateFormat: withTime ? "Y-m-d\\TH:i" : "Y-m-d",
        enableTime: withTime,
        time_24hr: true,
        disableMobile: false,
        locale: chinese ? "zh" : "default",
      });
    });
  }
  document.addEventListener("blur", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !input._flatpickr || !input.value) return;
    const typed = input.value.trim().replace(/[./年月]/g, "-").replace(/日/g, "");
    const short = typed.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/) || typed.match(/^(\d{4})(\d{2})(\d{2})$/);
    if (short) input._flatpickr.setDate(`${short[1]}-${short[2].padStart(2, "0")}-${short[3].padStart(2, "0")}`, true);
  }, true);

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.matches("[data-file-names]")) {
      const list = input.closest("form").querySelector("[data-file-list]");
      if (list) list.textContent = [...input.files].map((file) => file.name).join(", ");
    }
    if (input.matches("[data-submit-on-change]")) input.form.requestSubmit();
  });

  function enhance(scope) {
    dates(scope);
  }
  enhance(document);
  document.body.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
  window.concord = Object.assign(window.concord || {}, { enhance });
})();
