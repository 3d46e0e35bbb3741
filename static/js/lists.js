// Lists: rows that open on click, selection and bulk actions, the query string kept for the saved view.
(function () {
  "use strict";
  function open(row, event) {
    const url = row.dataset.href;
    if (!url) return;
    if (event && (event.ctrlKey || event.metaKey || event.button === 1)) window.open(url, "_blank", "noopener");
    else window.location.assign(url);
  }
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, select, textarea, .dropdown-menu")) return;
    if (String(window.getSelection())) return; // the user is copying text
    open(row, event);
  });
  document.addEventListener("auxclick", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (row && event.button === 1 && !event.target.closest("a, button, input, label")) open(row, event);
  });
  document.addEventListener("row:open", (event) => open(event.target));

  // --- selection ----------------------------------------------------------------------------------------------
  const boxes = () => [...document.querySelectorAll("[data-row-select]")];
  let everything = false;
  let last = null;
  function refresh() {
    const chosen = boxes().filter((box) => box.checked);
    document.querySelectorAll("[data-select-all]").forEach((head) => { // in the head of the table, and above its cards on a phone
      head.checked = chosen.length > 0 && chosen.length === boxes().length;
      head.indeterminate = chosen.length > 0 && chosen.length < boxes().length;
    });
    boxes().forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
    const bar = document.querySelector("[data-bulk-bar]");
    if (!bar) return;
    bar.hidden = chosen.length === 0;
    if (!chosen.length) everything = false;
    const all = bar.querySelector("[data-bulk-all]");
    bar.querySelector("[data-bulk-count]").textContent = everything ? all.textContent.replace(/\D+/g, "") : chosen.length;
    if (all) all.hidden = everything;
    bar.querySelectorAll("[data-bulk-form]").forEach((form) => {
      form.querySelectorAll("input[data-bulk-id]").forEach((input) => input.remove());
      const add = (name, value) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      if (everything) add("all", "1");
      else chosen.forEach((box) => add("ids", box.value));
      form.querySelectorAll("input[name=ids], input[name=all]").forEach((input) => (input.dataset.bulkId = ""));
    });
  }
  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-row-select]");
    if (box && event.shiftKey && last) {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((one) => (one.checked = box.checked));
    }
    if (box) last = box;
    if (event.target.closest("[data-bulk-all]")) {
      everything = true;
      boxes().forEach((one) => (one.checked = true));
      refresh();
    }
    if (event.target.closest("[data-bulk-clear]")) {
      boxes().forEach((one) => (one.checked = false));
      refresh();
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) boxes().forEach((box) => (box.checked = event.target.checked));
    if (event.target.matches("[data-select-all], [data-row-select]")) {
      everything = false;
      refresh();
    }
  });

  // --- tables that are typed into, or ask for it (as-cards): on a phone every row is a card (static/css/grid.css), its cells named by the heads ---
  const TYPED = "tbody input:not([type=hidden], [type=checkbox], [type=radio]), tbody select, tbody textarea";
  const APART = ".lines-grid-table, .mps, .plan-grid, .results-table, .decision-table";
  function nameCells(scope) {
    scope.querySelectorAll("table.app-table").forEach((table) => {
      const heads = [...table.querySelectorAll("thead tr:last-child > *")].map((head) => head.textContent.trim());
      if (table.closest(APART) || !heads.length || heads.length > 12 || !(table.querySelector(TYPED) || table.closest(".as-cards"))) return;
      table.classList.add("is-entry");
      [...table.tBodies].flatMap((body) => [...body.rows]).forEach((row) => {
        let place = 0;
        [...row.cells].forEach((cell) => {
          if (cell.colSpan === 1 && heads[place]) cell.dataset.label = heads[place];
          place += cell.colSpan;
        });
      });
    });
  }
  nameCells(document);
  document.addEventListener("htmx:load", (event) => nameCells(event.detail.elt.parentElement || document));

  // --- a list wider than its card: long words are cut (their title says the whole), so that no figure lies out of sight ---
  const STEPS = ["is-tight", "is-tighter", "is-tightest", "is-crammed"];
  function fit(scope) {
    scope.querySelectorAll(".list .app-table-frame").forEach((frame) => {
      frame.classList.remove(...STEPS);
      if (window.innerWidth < 768) return;
      const isWide = () => frame.scrollWidth > frame.clientWidth + 1;
      for (const step of STEPS) if (isWide()) frame.classList.add(step);
      if (!frame.classList.contains(STEPS[0])) return;
      frame.querySelectorAll("tbody td:not(.num, .wrap, .row-verbs)").forEach((cell) => {
        if (!cell.title && cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent.trim();
      });
    });
  }
  fit(document);
  window.addEventListener("resize", () => fit(document));
  document.addEventListener("htmx:load", (event) => fit(event.detail.elt.parentElement || document));

  // --- filters ------------------------------------------------------------------------------------------------
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches("[data-filter-form]")) return;
    const filled = event.detail.parameters;
    [...filled.keys()].forEach((key) => {
      const kept = filled.getAll(key).filter((value) => value !== "");
      filled.delete(key);
      kept.forEach((value) => filled.append(key, value));
    });
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-filter-form]")) {
      event.target.querySelectorAll("input, select").forEach((input) => (input.disabled = input.value === ""));
    }
  });
  document.body.addEventListener("htmx:pushedIntoHistory", () => {
    const query = window.location.search.slice(1);
    document.querySelectorAll("[data-current-query]").forEach((input) => (input.value = query));
    document.querySelectorAll("a[data-export]").forEach((link) => {
      const format = new URLSearchParams(link.search).get("export");
      const wanted = new URLSearchParams(query);
      wanted.delete("page");
      wanted.set("export", format);
      link.search = wanted.toString();
    });
  });
})();
