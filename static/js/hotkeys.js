// Keys: data-hotkey="ctrl+s" on a button or link clicks it, on an input focuses it; J and K walk through the rows of a list.
(function () {
  "use strict";
  const typing = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]");

  function name(event) {
    const parts = [];
    if (event.ctrlKey || event.metaKey) parts.push("ctrl");
    if (event.altKey) parts.push("alt");
    const key = event.altKey && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : event.key.toLowerCase();
    parts.push(key);
    return parts.join("+");
  }
  function find(combination) {
    const holders = [...document.querySelectorAll("[data-hotkey]")].filter((element) =>
      element.dataset.hotkey.split(",").some((one) => one.trim() === combination));
    const open = document.querySelector(".modal.show, .offcanvas.show");
    const usable = holders.filter((element) => !element.disabled && (!open || open.contains(element)));
    return usable.find((element) => element.offsetParent !== null) || usable[0];
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const combination = name(event);
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (typing(event.target) && plain) return;
    if (typing(event.target) && combination.startsWith("alt+arrow")) return;
    const element = find(combination);
    if (element) {
      event.preventDefault();
      if (element.matches("input, textarea, select")) {
        element.focus();
        if (element.select) element.select();
      } else {
        element.click();
      }
    } else if (plain && !document.querySelector(".modal.show")) {
      rows(event);
    }
  });

  function rows(event) {
    const key = event.key.toLowerCase();
    if (!["j", "k", "x", "enter"].includes(key)) return;
    const all = [...document.querySelectorAll("table[data-rows] tbody tr[data-href], table[data-rows] tbody tr:has([data-row-select])")];
    if (!all.length) return;
    const here = all.findIndex((row) => row.classList.contains("is-here"));
    if (key === "enter") {
      if (here >= 0 && event.target === document.body) all[here].dispatchEvent(new CustomEvent("row:open", { bubbles: true }));
      return;
    }
    event.preventDefault();
    if (key === "x") {
      const box = here >= 0 && all[here].querySelector("[data-row-select]");
      if (box) box.click();
      return;
    }
    const next = Math.min(Math.max(here + (key === "j" ? 1 : -1), 0), all.length - 1);
    if (here >= 0) all[here].classList.remove("is-here");
    all[next].classList.add("is-here");
    all[next].scrollIntoView({ block: "nearest" });
  }
})();
