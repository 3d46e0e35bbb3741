// The lines grid: a Django formset that behaves like a spreadsheet. Enter and arrows move, rows can be pasted, added, removed.
(function () {
  "use strict";
  const CELL = "input:not([type=hidden]):not([data-grid-skip]), select, textarea";

  const gridOf = (element) => element.closest("[data-lines-grid]");
  const rowsOf = (grid) => [...grid.querySelectorAll("[data-grid-row]")].filter((row) => !row.closest("template") && !row.hidden);
  const cellsOf = (row) => [...row.querySelectorAll(".lines-grid-cell")].filter((cell) => cell.offsetParent).map((cell) => cell.querySelector(CELL)).filter((input) => input && !input.disabled);
  const total = (grid) => grid.querySelector(`input[name="${CSS.escape(grid.dataset.prefix)}-TOTAL_FORMS"]`);

  function changed(grid) {
    const recalc = grid.querySelector("[data-grid-recalc]");
    if (recalc) recalc.dispatchEvent(new CustomEvent("grid:recalc"));
    grid.dispatchEvent(new CustomEvent("grid:changed", { bubbles: true }));
  }
  function renumber(grid) {
    rowsOf(grid).forEach((row, index) => (row.querySelector("[data-grid-number]").textContent = index + 1));
  }

  function addRow(grid) {
    const count = total(grid);
    const index = Number(count.value);
    const maximum = Number(grid.querySelector(`input[name="${CSS.escape(grid.dataset.prefix)}-MAX_NUM_FORMS"]`)?.value || 1000);
    if (index >= maximum) return null;
    const html = grid.querySelector("template[data-grid-empty]").innerHTML.replaceAll("__prefix__", String(index));
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const row = holder.content.querySelector("[data-grid-row]");
    grid.querySelector("[data-grid-body]").append(row);
    count.value = String(index + 1);
    if (window.htmx) window.htmx.process(row);
    window.concord.enhance(row);
    renumber(grid);
    return row;
  }
  function removeRow(row) {
    const grid = gridOf(row);
    const mark = row.querySelector("input[name$='-DELETE']");
    const rows = rowsOf(grid);
    const next = rows[rows.indexOf(row) + 1] || rows[rows.indexOf(row) - 1];
    if (mark) {
      mark.checked = true;
      row.hidden = true;
    } else {
      row.querySelectorAll(CELL).forEach((input) => (input.value = ""));
      row.querySelectorAll("input[data-picker-id]").forEach((input) => (input.value = ""));
    }
    renumber(grid);
    if (next) focus(cellsOf(next)[0]);
    else focus(cellsOf(addRow(grid))[0]);
    row.dispatchEvent(new Event("input", { bubbles: true }));
    changed(grid);
  }
  function focus(input) {
    if (!input) return;
    input.focus();
    if (input.select && input.type !== "checkbox") input.select();
    input.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function isEmpty(row) {
    const start = cellsOf(row)[0];
    return start && !start.value && !row.querySelector("[data-picker-id]")?.value;
  }
  function move(input, rowStep, cellStep) {
    const grid = gridOf(input);
    const rows = rowsOf(grid);
    const row = input.closest("[data-grid-row]");
    let r = rows.indexOf(row) + rowStep;
    let c = cellsOf(row).indexOf(input) + cellStep;
    if (cellStep > 0 && c >= cellsOf(row).length) [r, c] = [r + 1, 0];
    if (cellStep < 0 && c < 0) {
      r -= 1;
      c = r >= 0 ? cellsOf(rows[r]).length - 1 : 0;
    }
    if (r < 0) return;
    if (r >= rows.length) {
      if (isEmpty(row)) return nextAfter(grid);
      const added = addRow(grid);
      if (added) focus(cellsOf(added)[c]);
      return;
    }
    focus(cellsOf(rows[r])[c]);
  }
  // Enter in an empty last row leaves the grid, as in the programs people come from.
  function nextAfter(grid) {
    const form = grid.closest("form");
    const after = [...form.elements].filter((one) => !grid.contains(one) && one.offsetParent !== null && grid.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (after[0]) after[0].focus();
  }

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.defaultPrevented || event.isComposing || !(input instanceof HTMLElement)) return;
    if (!input.closest(".lines-grid-cell") || !input.matches(CELL)) return;
    const textual = input.matches("input:not([type=checkbox]), textarea");
    const atStart = !textual || input.selectionStart === 0; // a number input hides its caret (null): it keeps left and right
    const atEnd = !textual || input.selectionEnd === input.value.length;
    const key = event.key;
    if (key === "Enter" && !event.ctrlKey && !event.metaKey) move(input, 0, event.shiftKey ? -1 : 1);
    else if (key === "ArrowDown" && input.tagName !== "SELECT") move(input, 1, 0);
    else if (key === "ArrowUp" && input.tagName !== "SELECT") move(input, -1, 0);
    else if (key === "ArrowRight" && atEnd && input.tagName !== "SELECT" && noSelection(input)) move(input, 0, 1);
    else if (key === "ArrowLeft" && atStart && input.tagName !== "SELECT" && noSelection(input)) move(input, 0, -1);
    else if (key === "Delete" && (event.ctrlKey || event.metaKey)) removeRow(input.closest("[data-grid-row]"));
    else if (key === "Tab" && !event.shiftKey && isLastCell(input) && !isEmpty(input.closest("[data-grid-row]"))) move(input, 0, 1);
    else return;
    event.preventDefault();
  });
  function noSelection(input) {
    return input.selectionStart === null || input.selectionStart === undefined || input.selectionStart === input.selectionEnd;
  }
  function isLastCell(input) {
    const rows = rowsOf(gridOf(input));
    const row = input.closest("[data-grid-row]");
    return row === rows[rows.length - 1] && input === cellsOf(row).pop();
  }

  // --- paste from a spreadsheet ---------------------------------------------------------------------------------
  document.addEventListener("paste", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLElement) || !input.closest(".lines-grid-cell") || !input.matches(CELL)) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    pasteRows(input, text.split("\n").map((line) => line.split("\t")));
  });
  function pasteRows(input, table) {
    const grid = gridOf(input);
    let row = input.closest("[data-grid-row]");
    const first = cellsOf(row).indexOf(input);
    const pickers = [];
    let filled = 0;
    for (const values of table) {
      if (!row) row = addRow(grid);
      if (!row) break;
      const cells = cellsOf(row);
      values.forEach((value, offset) => {
        const cell = cells[first + offset];
        if (cell && write(cell, value.trim()) && cell.matches("[data-picker-text]")) pickers.push(cell);
      });
      filled += 1;
      const rows = rowsOf(grid);
      row = rows[rows.indexOf(row) + 1];
    }
    resolveAll(pickers).then(() => changed(grid));
    changed(grid);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    window.concord.toast("info", `${window.concord.words().pasted}: ${filled}`);
  }
  async function resolveAll(pickers) {
    const queue = pickers.slice();
    const worker = async () => {
      for (let one = queue.shift(); one; one = queue.shift()) await window.concord.picker.resolve(one);
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
  }
  function write(cell, value) {
    if (cell.tagName === "SELECT") {
      const option = [...cell.options].find((one) => [one.value, one.text.trim()].some((text) => text.toLowerCase() === value.toLowerCase()));
      if (option) cell.value = option.value;
      return Boolean(option);
    }
    if (cell.type === "checkbox") {
      cell.checked = /^(1|x|y|yes|true|是|√)$/i.test(value);
      return true;
    }
    const half = value.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
    if (cell.type === "number" || cell.inputMode === "decimal") cell.value = half.replace(/[,\s¥￥$€%]/g, "");
    else if (cell._flatpickr) cell._flatpickr.setDate(half.replace(/[./年月]/g, "-").replace(/日/g, ""), false);
    else cell.value = value;
    if (cell.matches("[data-picker-text]")) cell.closest("[data-picker]").querySelector("[data-picker-id]").value = "";
    return value !== "";
  }

  // --- a figure that counts up: with data-counts-in="component" it is one above the highest of the rows with the same one
  document.addEventListener("picker:chosen", (event) => {
    const row = event.target.closest("[data-grid-row]");
    const field = event.target.closest("[data-field]")?.dataset.field;
    const input = row?.querySelector(`[data-counts-in="${CSS.escape(field || "")}"]`);
    if (!input || (input.value && !input.dataset.filled)) return;
    const chosen = (one) => one.querySelector(`[data-field="${CSS.escape(field)}"] [data-picker-id]`)?.value;
    const same = rowsOf(gridOf(row)).filter((one) => one !== row && chosen(one) === chosen(row));
    const taken = same.map((one) => Number(one.querySelector(`[data-counts-in="${CSS.escape(field)}"]`).value) || 1);
    input.value = String(Math.max(0, ...taken) + 1);
    input.dataset.filled = "true";
  });

  // --- add, remove, recalculate -----------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-grid-add]");
    if (add) {
      const row = addRow(gridOf(add));
      if (row) focus(cellsOf(row)[0]);
    }
    const remove = event.target.closest("[data-grid-remove]");
    if (remove) removeRow(remove.closest("[data-grid-row]"));
  });
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.closest) return;
    if (event.isTrusted) delete input.dataset.filled; // typed by hand: a later choice of item no longer overwrites it
    const form = input.closest("form");
    if (!form || input.matches("[data-picker-text]")) return;
    form.querySelectorAll("[data-lines-grid]").forEach((grid) => {
      if (grid.contains(input) || input.closest("[data-recalculates]")) changed(grid);
    });
  });
  document.addEventListener("focusin", (event) => {
    const input = event.target;
    if (input.matches(".lines-grid-cell input[type=number], .lines-grid-cell input[inputmode=decimal]")) {
      const found = input.value; // who types at once, or scans, keeps what came meanwhile
      setTimeout(() => document.activeElement === input && input.value === found && input.select());
    }
  });
  document.addEventListener("wheel", (event) => {
    if (event.target === document.activeElement && event.target.matches("input[type=number]")) event.target.blur(); // no accidental quantities
  }, { passive: true });
  document.querySelectorAll("[data-lines-grid]").forEach((grid) => {
    grid.querySelectorAll("[data-picker-text]").forEach((input) => (input.dataset.chosen = input.value));
  });
})();
