// A grid of figures by item and bucket: Enter and arrows move, cells paste from a spreadsheet, only changed cells are sent.
(function () {
  "use strict";
  const CELL = "input[data-plan-cell]";
  const rowsOf = (cell) => {
    const body = cell.closest("tbody");
    return [...body.rows].map((row) => [...row.querySelectorAll(CELL)]).filter((row) => row.length);
  };
  const placeOf = (rows, cell) => {
    const down = rows.findIndex((row) => row.includes(cell));
    return [down, rows[down].indexOf(cell)];
  };
  function go(cell, down, right) {
    const rows = rowsOf(cell);
    const [row, column] = placeOf(rows, cell);
    const next = rows[row + down] && rows[row + down][column + right];
    if (!next) return false;
    next.focus();
    next.select();
    return true;
  }
  function mark(cell) {
    cell.classList.toggle("is-changed", cell.value.trim() !== cell.dataset.was);
  }
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest && event.target.closest(CELL);
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const atStart = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length ? true : cell.selectionEnd === 0;
    const atEnd = cell.selectionStart === cell.value.length || (cell.selectionStart === 0 && cell.selectionEnd === cell.value.length);
    const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], Enter: [event.shiftKey ? -1 : 1, 0] }[event.key]
      || (event.key === "ArrowRight" && atEnd && [0, 1]) || (event.key === "ArrowLeft" && atStart && [0, -1]);
    if (event.key === "Escape") {
      cell.value = cell.dataset.was;
      mark(cell);
    }
    if (!step) return;
    event.preventDefault();
    go(cell, step[0], step[1]);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches(CELL)) mark(event.target);
  });
  document.addEventListener("paste", (event) => {
    const cell = event.target.closest && event.target.closest(CELL);
    const text = cell && event.clipboardData.getData("text/plain");
    if (!text || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const rows = rowsOf(cell);
    const [row, column] = placeOf(rows, cell);
    text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, down) => line.split("\t").forEach((value, right) => {
      const target = rows[row + down] && rows[row + down][column + right];
      if (!target) return;
      target.value = value.trim();
      target.dispatchEvent(new Event("input", { bubbles: true }));
    }));
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-plan-grid]")) return;
    const cells = [...event.target.elements].filter((one) => one.matches(CELL));
    cells.forEach((one) => (one.disabled = one.value.trim() === one.dataset.was));
    window.addEventListener("pageshow", () => cells.forEach((one) => (one.disabled = false)), { once: true });
  });
})();
