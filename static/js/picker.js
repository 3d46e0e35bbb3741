// Search-as-you-type for one record (core.widgets.Picker): code, name, pinyin or scan; arrows, Enter, Escape.
(function () {
  "use strict";
  const words = () => document.getElementById("ui-words").dataset;
  const cache = new Map();
  let box = null; // the one open list
  let serial = 0;

  const parts = (element) => {
    const holder = element.closest("[data-picker]");
    return { holder, text: holder.querySelector("[data-picker-text]"), id: holder.querySelector("[data-picker-id]") };
  };

  async function search(holder, query) {
    const url = new URL(holder.dataset.searchUrl, window.location.href);
    url.searchParams.set("q", query);
    for (const name of (holder.dataset.with || "").split(" ").filter(Boolean)) {
      const neighbour = holder.closest("form")?.elements[name]; // e.g. the partner, for his aliases and prices
      if (neighbour && neighbour.value) url.searchParams.set(name, neighbour.value);
    }
    const key = url.href;
    if (!cache.has(key)) {
      const answer = fetch(key, { headers: { Accept: "application/json", "X-Requested-With": "fetch" }, credentials: "same-origin" })
        .then((response) => {
          if (!response.ok) throw new Error(String(response.status));
          return response.json();
        })
        .then((body) => body.results || []);
      answer.catch(() => cache.delete(key));
      cache.set(key, answer);
      setTimeout(() => cache.delete(key), 30000);
    }
    return cache.get(key);
  }

  function close() {
    if (!box) return;
    box.owner.setAttribute("aria-expanded", "false");
    box.owner.removeAttribute("aria-activedescendant");
    box.list.remove();
    box = null;
  }

  function place() {
    const at = box.owner.getBoundingClientRect();
    const below = window.innerHeight - at.bottom;
    const up = below < 220 && at.top > below;
    Object.assign(box.list.style, {
      left: Math.max(8, Math.min(at.left, window.innerWidth - 328)) + "px",
      minWidth: Math.min(Math.max(at.width, 320), window.innerWidth - 16) + "px",
      top: up ? "" : at.bottom + 2 + "px",
      bottom: up ? window.innerHeight - at.top + 2 + "px" : "",
      maxHeight: Math.max(160, (up ? at.top : below) - 12) + "px",
    });
  }

  function row(result, index) {
    const option = document.createElement("li");
    option.className = "picker-option";
    option.id = `picker-${serial}-${index}`;
    option.setAttribute("role", "option");
    const text = document.createElement("span");
    text.textContent = result.text;
    option.append(text);
    if (result.hint) {
      const hint = document.createElement("span");
      hint.className = "picker-hint";
      hint.textContent = result.hint;
      option.append(hint);
    }
    option.addEventListener("mousedown", (event) => {
      event.preventDefault();
      activate(index);
      take();
    });
    return option;
  }

  function show(input, results) {
    close();
    serial += 1;
    const { holder } = parts(input);
    const list = document.createElement("ul");
    list.className = "picker-list";
    list.id = `picker-${serial}`;
    list.setAttribute("role", "listbox");
    const rows = results.slice(0, 20);
    rows.forEach((result, index) => list.append(row(result, index)));
    if (!rows.length) {
      const none = document.createElement("li");
      none.className = "picker-none";
      none.textContent = words().noMatch;
      list.append(none);
    }
    if (holder.dataset.createUrl) {
      const created = { create: true, text: `${words().create}: ${input.value}` };
      list.append(row(created, rows.length));
      list.lastElementChild.classList.add("picker-create");
      rows.push(created);
    }
    (input.closest(".modal, .offcanvas") || document.body).append(list);
    box = { owner: input, list, results: rows, at: -1 };
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", list.id);
    place();
    if (results.length) activate(0);
  }

  function activate(index) {
    if (!box || !box.results.length) return;
    box.at = (index + box.results.length) % box.results.length;
    [...box.list.querySelectorAll("[role=option]")].forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === box.at));
      if (i === box.at) option.scrollIntoView({ block: "nearest" });
    });
    box.owner.setAttribute("aria-activedescendant", `picker-${serial}-${box.at}`);
  }

  function take() {
    const { owner, results, at } = box;
    const result = results[at];
    const query = owner.value;
    close();
    if (!result) return;
    if (result.create) create(owner, query);
    else choose(owner, result);
  }

  function choose(input, result) {
    const { id } = parts(input);
    input.value = result.text;
    input.dataset.chosen = result.text;
    id.value = result.id;
    input.classList.remove("is-invalid");
    fill(input, result.fill || {});
    id.dispatchEvent(new Event("input", { bubbles: true }));
    id.dispatchEvent(new CustomEvent("picker:chosen", { bubbles: true, detail: result }));
  }

  // Writes what comes with the record (unit, price …) into empty neighbours of the same row, or of the same form.
  function fill(input, values) {
    const scope = input.closest("[data-grid-row]") || input.closest("form");
    const own = parts(input).id.name;
    const prefix = own.slice(0, own.lastIndexOf("-") + 1);
    for (const [field, value] of Object.entries(values)) {
      const target = scope.querySelector(`[name="${CSS.escape(prefix + field)}"]`);
      if (!target || (target.value && !target.dataset.filled)) continue;
      target.value = value !== null && typeof value === "object" ? value.id : value ?? "";
      target.dataset.filled = "1";
      const holder = target.closest("[data-picker]");
      if (holder && value !== null && typeof value === "object") parts(target).text.value = value.text;
    }
  }

  function create(input, query) {
    const { holder } = parts(input);
    const url = new URL(holder.dataset.createUrl, window.location.href);
    url.searchParams.set("q", query);
    document.body.addEventListener("picker:created", (event) => choose(input, event.detail), { once: true });
    window.htmx.ajax("GET", url.pathname + url.search, { target: "#panel", swap: "innerHTML" });
  }

  let timer = null;
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.matches("[data-picker-text]")) return;
    const { holder, id } = parts(input);
    if (id.value && input.value !== input.dataset.chosen) {
      id.value = "";
      id.dispatchEvent(new Event("input", { bubbles: true }));
    }
    clearTimeout(timer);
    const query = input.value.trim();
    if (!query) return close();
    timer = setTimeout(() => search(holder, query).then((results) => {
      if (document.activeElement === input && input.value.trim() === query && !id.value) show(input, results);
    }, () => close()), 150);
  });

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLElement) || !input.matches("[data-picker-text]")) return;
    if (event.key === "ArrowDown" && !box && !input.closest("[data-grid-row]")) {
      event.preventDefault();
      search(parts(input).holder, input.value.trim()).then((results) => show(input, results), close);
    }
    if (event.key === "Enter" && !box && input.value.trim() && !parts(input).id.value) {
      event.preventDefault(); // a scanner is faster than the list: look the text up and take the exact hit
      event.stopImmediatePropagation();
      clearTimeout(timer);
      resolve(input).then((found) => found || search(parts(input).holder, input.value.trim()).then((all) => show(input, all)));
      return;
    }
    if (!box || box.owner !== input) return;
    if (event.key === "ArrowDown") activate(box.at + 1);
    else if (event.key === "ArrowUp") activate(box.at - 1);
    else if (event.key === "Enter") take();
    else if (event.key === "Tab" && box.at >= 0 && !box.results[box.at].create) return take();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("focusout", (event) => {
    if (box && event.target === box.owner) close();
  });
  document.addEventListener("scroll", (event) => {
    if (box && !box.list.contains(event.target)) place();
  }, true);
  window.addEventListener("resize", close);

  // Finds the one record that the text of a picker names; used for pasted and scanned text. Resolves to true when found.
  async function resolve(input) {
    const query = input.value.trim();
    if (!query) return false;
    let results;
    try {
      results = await search(parts(input).holder, query);
    } catch {
      return false;
    }
    const same = (one) => String(one ?? "").toLowerCase() === query.toLowerCase();
    const exact = results.filter((one) => one.exact || same(one.code) || same(one.text) || same(one.text.split(" ")[0]));
    const found = exact.length === 1 ? exact[0] : results.length === 1 ? results[0] : null;
    if (found && input.value.trim() === query) choose(input, found);
    else if (!found) input.classList.add("is-invalid");
    return Boolean(found);
  }

  window.concord = Object.assign(window.concord || {}, { picker: { resolve, choose } });
})();
